/** What the first and the second SIGINT or SIGTERM do, and what else ends a run early. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { byLine, fixture, makeFolder, runCli, startCli, toJsonLines } from './cli-process.ts';

describe('early ends', { concurrency: true }, () => {
  describe('the first signal', { concurrency: true }, () => {
    for (const [signal, exitCode] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      test(`${signal} ends the reading, lets what was read run, and gives ${exitCode}`, async (context) => {
        const file = await writeLines(
          context,
          Array.from({ length: 50 }, (_, n) => ({ k: `s${n % 2}`, n })),
        );
        const words = ['run', file, '--key', '.k', '--max-pending', '6', '--concurrency', '2'];
        const { child, untilStderr, ended } = startCli([...words, '--handler', fixture('hold.js')]);
        await Promise.all([untilStderr('started 0'), untilStderr('started 1')]);
        child.kill(signal);
        await untilStderr(`${signal}: no further line is read. 2 running and 4 waiting lines still run;`);
        child.stdin.end('0\n1\n2\n3\n4\n5\n');
        const end = await ended;
        assert.equal(end.exitCode, exitCode);
        assert.deepEqual(
          byLine(end.results).map(({ line, ok }) => [line, ok]),
          [1, 2, 3, 4, 5, 6].map((line) => [line, true]),
        );
        assert.match(end.stderr, new RegExp(`^read up to +line 6 \\(${signal}\\)$`, 'm'));
      });
    }

    test('ends a run that waits for more input', async () => {
      const { child, untilStderr, ended } = startCli(['run', '--key', '.key', '--handler', fixture('marks.js')]);
      child.stdin.write('{"key":"ada","n":1}\n');
      await untilStderr('end ada 1');
      child.kill('SIGINT');
      const { exitCode, results } = await ended;
      assert.deepEqual([exitCode, results.length], [130, 1]);
    });
  });

  describe('the second signal', { concurrency: true }, () => {
    test('aborts what runs, and every line that was read still has exactly one result', async (context) => {
      const file = await writeLines(
        context,
        Array.from({ length: 40 }, (_, n) => ({ k: `s${n % 2}`, n })),
      );
      const words = ['run', file, '--key', '.k', '--max-pending', '10', '--concurrency', '1'];
      const { child, untilStderr, ended } = startCli([...words, '--handler', fixture('hold.js')]);
      await untilStderr('started 0');
      child.stdin.write('0\n');
      await untilStderr('started 1');
      child.kill('SIGTERM');
      await untilStderr('a second signal aborts them');
      child.kill('SIGINT');
      const { exitCode, results, stderr } = await ended;
      assert.equal(exitCode, 143, 'the first signal decides');
      assert.match(stderr, /SIGINT: 1 running lines are aborted, 9 waiting ones never start\./);
      assert.match(stderr, /^failed +10, 9 of them never started$/m);
      assert.deepEqual(
        results.map(({ line }) => line),
        Array.from({ length: 11 }, (_, at) => at + 1),
      );
      assert.deepEqual(
        results.map(({ ok, error }) => (ok ? 'ok' : error?.code)),
        ['ok', ...Array<string>(10).fill('closed')],
      );
      assert.ok(
        results.slice(2).every(({ ranMs }) => ranMs === 0),
        'what never started did not run',
      );
    });

    test('ends a run whose handler never does, and says what was given up', async (context) => {
      const file = await writeLines(context, [
        { k: 'ada', n: 0, ignoresAbort: true },
        { k: 'ada', n: 1 },
      ]);
      const words = ['run', file, '--key', '.k', '--timeout', '1', '--handler', fixture('hold.js')];
      const { child, untilStderr, ended } = startCli(words);
      await untilStderr('"ada": a line goes on after its abort');
      child.kill('SIGINT');
      await untilStderr('a second signal aborts them');
      child.kill('SIGINT');
      const { exitCode, results, stderr } = await ended;
      assert.equal(exitCode, 130);
      assert.deepEqual(
        results.map(({ line, error }) => [line, error?.code]),
        [
          [1, 'timeout'],
          [2, 'closed'],
        ],
      );
      assert.match(stderr, /^given up, though still running: "ada"$/m);
    });

    test('ends a command with all that it started', async (context) => {
      const folder = await makeFolder(context);
      const script = `flock lock sh -c 'touch started; sleep 60 & sleep 60'`;
      const words = ['run', '--key', '.k', '--', 'sh', '-c', script];
      const { child, untilStderr, ended } = startCli(words, { cwd: folder, input: '{"k":"ada"}\n' });
      while (!existsSync(join(folder, 'started'))) await delay(5);
      child.kill('SIGTERM');
      await untilStderr('a second signal aborts them');
      child.kill('SIGTERM');
      const { exitCode, results } = await ended;
      assert.deepEqual([exitCode, results.map(({ error }) => error?.code)], [143, ['closed']]);
      const after = await runCli(['run', '--key', '.k', '--', 'flock', '--nonblock', 'lock', 'echo', 'free'], {
        cwd: folder,
        input: '{"k":"bob"}\n',
      });
      assert.deepEqual(
        after.results.map(({ value }) => value),
        ['free'],
      );
    });

    test('gives a command a moment to end in good order', async (context) => {
      const cwd = await makeFolder(context);
      const script = `trap 'echo tidied > tidied; exit 0' TERM; touch started; sleep 60 & wait`;
      const words = ['run', '--key', '.k', '--', 'sh', '-c', script];
      const { child, untilStderr, ended } = startCli(words, { cwd, input: '{"k":"ada"}\n' });
      while (!existsSync(join(cwd, 'started'))) await delay(5);
      child.kill('SIGTERM');
      await untilStderr('a second signal aborts them');
      child.kill('SIGTERM');
      await ended;
      assert.equal(await readFile(join(cwd, 'tidied'), 'utf8'), 'tidied\n');
    });

    test('is not the last word where nobody reads the results: the third ends the process', async () => {
      const words = ['run', '--key', '.k', '--handler', fixture('flood.js')];
      const { child, untilStderr, ended } = startCli(words, { input: '{"k":"ada"}\n' });
      child.stdout.pause();
      await untilStderr('flooding');
      child.kill('SIGTERM');
      await untilStderr('a second signal aborts them');
      child.kill('SIGTERM');
      await untilStderr('never start');
      child.once('exit', () => child.stdout.resume());
      child.kill('SIGTERM');
      const { exitCode } = await ended;
      assert.equal(exitCode, 143);
    });
  });

  describe('a run', { concurrency: true }, () => {
    test('ends when only a line is left that overstays its timeout', async (context) => {
      const file = await writeLines(context, [{ k: 'ada', n: 0, ignoresAbort: true }]);
      const words = ['run', file, '--key', '.k', '--timeout', '1', '--handler', fixture('hold.js')];
      const { exitCode, results, stderr } = await startCli(words).ended;
      assert.deepEqual([exitCode, results.map(({ error }) => error?.code)], [1, ['timeout']]);
      assert.match(stderr, /^given up, though still running: "ada"$/m);
    });

    test('ends though the handler has left a timer behind', async () => {
      const words = ['run', '--key', '.k', '--handler', fixture('stays-alive.js')];
      const { exitCode, results } = await runCli(words, { input: '{"k":1}\n' });
      assert.deepEqual([exitCode, results.length], [0, 1]);
    });

    test('that an error outside any turn ends gives every line that was read its result', async () => {
      const input = toJsonLines([{ k: 'ada' }, { k: 'ada' }, { k: 'bob' }]);
      const words = ['run', '--key', '.k', '--concurrency', '1', '--handler', fixture('crash.js')];
      const { exitCode, results, stderr } = await runCli(words, { input });
      assert.equal(exitCode, 1);
      assert.deepEqual(
        results.map(({ line, error }) => [line, error?.code]),
        [
          [1, 'closed'],
          [2, 'closed'],
          [3, 'closed'],
        ],
      );
      assert.match(stderr, /^an error outside any turn ends the run: Error: out of turn$/m);
    });
  });
});

async function writeLines(context: TestContext, lines: readonly unknown[]): Promise<string> {
  const file = join(await makeFolder(context), 'in.jsonl');
  await writeFile(file, toJsonLines(lines));
  return file;
}
