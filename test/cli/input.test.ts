/** Where the lines come from, and what is said of those that can't be run. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { byLine, fixture, makeFolder, runCli, startCli, toJsonLines } from './cli-process.ts';

const echo = ['--handler', fixture('echo.js')];

describe('the input', { concurrency: true }, () => {
  test('is a file, standard input for -, or standard input without a file', async (context) => {
    const file = join(await makeFolder(context), 'in.jsonl');
    const input = toJsonLines([{ k: 'ada' }]);
    await writeFile(file, input);
    const runs = await Promise.all([
      runCli(['run', file, '--key', '.k', ...echo]),
      runCli(['run', '-', '--key', '.k', ...echo], { input }),
      runCli(['run', '--key', '.k', ...echo], { input }),
    ]);
    for (const { exitCode, results } of runs) {
      assert.equal(exitCode, 0);
      assert.deepEqual(
        results.map(({ value }) => value),
        [{ k: 'ada' }],
      );
    }
  });

  test('can be empty', async () => {
    const { exitCode, stdout, stderr } = await runCli(['run', '--key', '.k', ...echo], { input: '' });
    assert.deepEqual([exitCode, stdout], [0, '']);
    assert.match(stderr, /^lines +0 in /);
  });

  test('can be a named pipe, and a signal ends a run that waits for it', async (context) => {
    const pipe = join(await makeFolder(context), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const { child, untilStderr, ended } = startCli(['run', pipe, '--key', '.k', ...echo], { input: '' });
    const writer = createWriteStream(pipe);
    writer.write('{"k":"ada"}\nno\n');
    await untilStderr('line 2: not JSON');
    // The writer still holds the pipe open.
    child.kill('SIGTERM');
    const { exitCode, results } = await ended;
    writer.destroy();
    assert.equal(exitCode, 143);
    assert.deepEqual(
      byLine(results).map(({ line, ok }) => [line, ok]),
      [
        [1, true],
        [2, false],
      ],
    );
  });

  test('names line number and reason of a bad line, gives it a result, and goes on', async () => {
    const lines = [
      '{"k":"ada"}',
      'oops',
      '',
      '{"n":1}',
      '{"k":null}',
      '{"k":{}}',
      '{"k":7}',
      '["k"]',
      '\u001b]0;x\u0007',
    ];
    const input = Buffer.concat([Buffer.from(`${lines.join('\r\n')}\n"`), Buffer.from([0xff]), Buffer.from('"')]);
    const { exitCode, stderr, results } = await runCli(['run', '--key', '.k', ...echo], { input });
    assert.equal(exitCode, 1);
    assert.deepEqual(
      stderr.split('\n').filter((text) => text.startsWith('line ')),
      [
        `line 2: not JSON: Unexpected token 'o', "oops" is not valid JSON`,
        'line 4: no key: .k is missing',
        'line 5: no key: .k is null',
        'line 6: no key: .k is an object',
        'line 8: no key: .k is missing',
        `line 9: not JSON: Unexpected token '\\u001b', "\\u001b]0;x\\u0007" is not valid JSON`,
        'line 10: not UTF-8',
      ],
    );
    const bad = byLine(results).filter(({ ok }) => !ok);
    assert.deepEqual(
      bad.map(({ line }) => line),
      [2, 4, 5, 6, 8, 9, 10],
    );
    assert.deepEqual(bad[1], {
      line: 4,
      key: null,
      ok: false,
      error: { name: 'BadLine', message: 'no key: .k is missing', code: 'bad-line' },
      waitedMs: 0,
      ranMs: 0,
    });
    assert.deepEqual(
      byLine(results)
        .filter(({ ok }) => ok)
        .map(({ line, key }) => [line, key]),
      [
        [1, 'ada'],
        [7, '7'],
      ],
    );
    assert.match(stderr, /^bad lines +7$/m);
  });
});

describe('the output', { concurrency: true }, () => {
  test('goes to the file of --output, which is emptied first', async (context) => {
    const folder = await makeFolder(context);
    const file = join(folder, 'out.jsonl');
    await writeFile(file, 'old\n'.repeat(100));
    const words = ['run', '--key', '.k', '--output', file, ...echo];
    const { exitCode, stdout, stderr } = await runCli(words, { input: toJsonLines([{ k: 'ada' }]) });
    assert.deepEqual([exitCode, stdout], [0, '']);
    assert.match(stderr, /^results +.*out\.jsonl$/m);
    const read = await runCli(['run', file, '--key', '.key', ...echo]);
    assert.deepEqual(
      read.results.map(({ line, key }) => [line, key]),
      [[1, 'ada']],
    );
  });

  test('is never the file that is read, nor touched when the words are wrong', async (context) => {
    const folder = await makeFolder(context);
    const file = join(folder, 'in.jsonl');
    const content = toJsonLines([{ k: 'ada' }]);
    await writeFile(file, content);
    const same = await runCli(['run', file, '--key', '.k', '--output', join(folder, '.', 'in.jsonl'), ...echo]);
    assert.equal(same.exitCode, 2);
    assert.match(same.stderr, /^error: can't write .*in\.jsonl: it is the file that is read$/m);
    const wrong = await runCli(['run', '--key', '.k', '--output', file, '--handler', join(folder, 'none.js')]);
    assert.equal(wrong.exitCode, 2);
    const { results } = await runCli(['run', file, '--key', '.k', ...echo]);
    assert.equal(results.length, 1);
  });

  test('of a handler that logs is kept apart from the results', async () => {
    const input = toJsonLines([{ key: 'ada', n: 1 }]);
    const words = ['run', '--key', '.key', '--handler', fixture('marks.js')];
    const { stdout, stderr } = await runCli(words, { input });
    assert.match(stdout, /^\{"line":1,.*\}\n$/);
    assert.match(stderr, /^start ada 1\nend ada 1\n/);
  });
});
