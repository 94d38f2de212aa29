/** What becomes of a line, as a line of JSON. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { byLine, fixture, runCli, toJsonLines } from './cli-process.ts';

describe('a result', { concurrency: true }, () => {
  test('has line, key, ok, value or error, waitedMs and ranMs', async () => {
    const input = toJsonLines([
      { k: 'ada', how: 'late' },
      { k: 'bob', how: 'error' },
    ]);
    const { exitCode, results } = await runCli(['run', '--key', '.k', '--handler', fixture('odd.js')], { input });
    const [first, second] = byLine(results);
    assert.deepEqual(Object.keys(first ?? {}), ['line', 'key', 'ok', 'value', 'waitedMs', 'ranMs']);
    assert.deepEqual(Object.keys(second ?? {}), ['line', 'key', 'ok', 'error', 'waitedMs', 'ranMs']);
    assert.deepEqual(
      { ...first, waitedMs: 0, ranMs: 0 },
      {
        line: 1,
        key: 'ada',
        ok: true,
        value: 'after all of them',
        waitedMs: 0,
        ranMs: 0,
      },
    );
    assert.deepEqual(second?.error, { name: 'RangeError', message: 'too much', code: 'E_MUCH' });
    assert.ok((first?.waitedMs ?? -1) >= 0 && (first?.ranMs ?? -1) >= 0);
    assert.equal(exitCode, 1);
  });

  test('is an error where JSON can not hold the value, and the session goes on', async () => {
    const hows = ['big', 'ring', 'infinite', 'function', 'symbol', 'nothing', 'thenable', 'late error', 'not an error'];
    const input = toJsonLines([...hows, 'bad error', 'evil text', 'late'].map((how) => ({ k: 'ada', how })));
    const { stdout, results } = await runCli(['run', '--key', '.k', '--handler', fixture('odd.js')], { input });
    assert.deepEqual(
      results.map(({ line, ok, value, error }) => [line, ok ? value : error?.message.split('\n')[0]]),
      [
        [1, 'Do not know how to serialize a BigInt'],
        [2, 'Converting circular structure to JSON'],
        [3, "the result is Infinity, which JSON can't hold"],
        [4, "the result is a function, which JSON can't hold"],
        [5, "the result is a symbol, which JSON can't hold"],
        [6, null],
        [7, 'from a thenable'],
        [8, 'late'],
        [9, 'not an error was thrown: undefined'],
        [10, 'the error that was thrown can not be described'],
        [11, '\u009b2J\u202e\u2028\u0007'],
        [12, 'after all of them'],
      ],
    );
    assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/, 'what a terminal would obey');
  });

  test('comes for every line: those of a session in order, one at a time, different sessions at once', async () => {
    const sessions = ['ada', 'bob', '', '__proto__', 'x'.repeat(300), '7'];
    const lines = Array.from({ length: 240 }, (_, n) => ({ key: sessions[(n * 5 + (n >> 3)) % 6] ?? '', n }));
    const words = ['run', '--key', '.key', '--concurrency', '3', '--handler', fixture('marks.js')];
    const { exitCode, results, stderr } = await runCli(words, { input: toJsonLines(lines) });
    assert.equal(exitCode, 0);
    assert.equal(new Set(results.map(({ line }) => line)).size, 240);
    for (const key of new Set(lines.map((line) => line.key))) {
      const own = lines.filter((line) => line.key === key).map(({ n }) => n);
      assert.deepEqual(
        results.filter((result) => result.key === key).map(({ value }) => value),
        own,
      );
    }
    const running = new Set<string>();
    let most = 0;
    const marks = stderr.matchAll(/^(?<mark>start|end) (?<key>.*) \d+$/gm);
    for (const { groups: { mark, key = '' } = {} } of marks) {
      if (mark === 'end') assert.ok(running.delete(key), `${key} ended without a start`);
      else assert.ok(!running.has(key), `two turns of ${key} at once`);
      if (mark === 'start') running.add(key);
      most = Math.max(most, running.size);
    }
    assert.equal(running.size, 0);
    assert.equal(most, 3, 'as many sessions at once as --concurrency says');
  });
});
