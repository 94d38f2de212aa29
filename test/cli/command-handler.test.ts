/** A command as handler: one process for each line. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { byLine, makeFolder, runCli, toJsonLines } from './cli-process.ts';

const run = ['run', '--key', '.k', '--concurrency', '4'];

describe('a command', { concurrency: true }, () => {
  test('gets the line as it was read on standard input, its key and number in the environment', async () => {
    // Spaces and the order of fields are kept; a CRLF is not part of the line.
    const input = '\ufeff{ "z":1, "k" : "a b\\n$HOME" }\r\n\n{"k":7}\n';
    const script = 'printf "%s|%s|" "$TINYCLAW_KEY" "$TINYCLAW_LINE"; cat';
    const { exitCode, results } = await runCli([...run, '--', 'sh', '-c', script], { input });
    assert.equal(exitCode, 0);
    assert.deepEqual(
      byLine(results).map(({ line, key, value }) => [line, key, value]),
      [
        [1, 'a b\n$HOME', 'a b\n$HOME|1|{ "z":1, "k" : "a b\\n$HOME" }'],
        [3, '7', '7|3|{"k":7}'],
      ],
    );
  });

  test('gives what it writes, without the last line end, as JSON where it is JSON', async () => {
    const outputs = [
      '{"a":[1,2]}\\n',
      '42',
      '"text"\\n\\n',
      'plain\\r\\n',
      'two\\nlines\\n',
      '',
      '\\n',
      'null\\n',
      '{"a":',
    ];
    const input = toJsonLines(outputs.map((k) => ({ k })));
    const words = [...run, '--', 'sh', '-c', 'printf %b "$TINYCLAW_KEY"'];
    const { exitCode, results } = await runCli(words, { input });
    assert.equal(exitCode, 0);
    assert.deepEqual(
      byLine(results).map(({ value }) => value),
      [{ a: [1, 2] }, 42, 'text', 'plain', 'two\nlines', '', '', null, '{"a":'],
    );
  });

  test('fails the line with its exit code or signal and the end of what it complained about', async () => {
    const input = toJsonLines([{ k: 'code' }, { k: 'signal' }, { k: 'long' }, { k: 'quiet' }, { k: 'fine' }]);
    const script = `case $TINYCLAW_KEY in
      code) echo half; echo "no such user" >&2; exit 3;;
      signal) kill -KILL $$;;
      long) i=0; while [ $i -lt 500 ]; do echo "complaint $i" >&2; i=$((i+1)); done; exit 1;;
      quiet) exit 9;;
      fine) echo "a warning" >&2; echo done;;
    esac`;
    const { exitCode, results, stderr } = await runCli([...run, '--', 'sh', '-c', script], { input });
    assert.equal(exitCode, 1);
    const errors = new Map(results.map(({ key, error }) => [key, error]));
    assert.deepEqual(errors.get('code'), { name: 'CommandError', message: 'exit code 3: no such user', code: 3 });
    assert.deepEqual(errors.get('signal'), { name: 'CommandError', message: 'ended by SIGKILL', code: 'SIGKILL' });
    assert.deepEqual(errors.get('quiet'), { name: 'CommandError', message: 'exit code 9', code: 9 });
    const { message = '' } = errors.get('long') ?? {};
    assert.match(message, /complaint 498\ncomplaint 499$/);
    assert.ok(message.length < 2_100, 'only the end of a long complaint');
    assert.equal(results.find(({ key }) => key === 'fine')?.value, 'done');
    assert.doesNotMatch(stderr, /a warning/);
    assert.match(stderr, /^first failure +line \d, "\w+": CommandError: /m);
  });

  test('that can not be started fails its line, not the run', async (context) => {
    const cwd = await makeFolder(context);
    await writeFile(join(cwd, 'not-executable'), '#!/bin/sh\n');
    for (const [program, code] of [
      ['./none', 'ENOENT'],
      ['./not-executable', 'EACCES'],
    ] as const) {
      const { exitCode, results } = await runCli([...run, '--', program], {
        cwd,
        input: toJsonLines([{ k: 1 }, { k: 2 }]),
      });
      assert.equal(exitCode, 1);
      assert.deepEqual(
        results.map(({ error }) => error?.code),
        [code, code],
      );
      assert.match(results[0]?.error?.message ?? '', /^could not be started: spawn /);
    }
  });

  test('never gets a key that its environment can not carry', async () => {
    const input = toJsonLines([{ k: 'a\0b' }, { k: 'x'.repeat(3_000_000) }, { k: 'fine' }]);
    const { results } = await runCli([...run, '--', 'sh', '-c', 'echo "$TINYCLAW_KEY"'], { input });
    assert.deepEqual(
      byLine(results).map(({ value, error }) => value ?? error?.code),
      ['bad-key', 'E2BIG', 'fine'],
    );
  });

  test('need not read its line: the closed pipe is no failure', async () => {
    const input = toJsonLines(['first', 'second'].map((k) => ({ k, long: 'x'.repeat(2_000_000) })));
    const { exitCode, results } = await runCli([...run, '--', 'sh', '-c', 'exec <&-; echo "$TINYCLAW_LINE"'], {
      input,
    });
    assert.equal(exitCode, 0);
    assert.deepEqual(
      byLine(results).map(({ value }) => value),
      [1, 2],
    );
  });

  test('that writes more than the limit is ended, and so is what it started', async () => {
    const { exitCode, results } = await runCli([...run, '--', 'sh', '-c', 'yes | cat'], { input: '{"k":"ada"}\n' });
    assert.equal(exitCode, 1);
    assert.deepEqual(results[0]?.error, {
      name: 'CommandError',
      message: 'wrote more than 67108864 bytes',
      code: 'too-long',
    });
  });

  test('keeps the lines of a session in order and apart, and those of others beside them', async (context) => {
    const cwd = await makeFolder(context);
    const lines = Array.from({ length: 24 }, (_, n) => ({ k: `s${n % 3}`, n }));
    const script =
      'echo "start $TINYCLAW_KEY" >> marks; cat > /dev/null; echo "end $TINYCLAW_KEY" >> marks; echo $TINYCLAW_LINE';
    const { exitCode, results } = await runCli([...run, '--', 'sh', '-c', script], { cwd, input: toJsonLines(lines) });
    assert.equal(exitCode, 0);
    const marks = (await readFile(join(cwd, 'marks'), 'utf8')).trim().split('\n');
    for (const key of ['s0', 's1', 's2']) {
      const own = marks.filter((mark) => mark.endsWith(key));
      assert.deepEqual(
        own,
        Array.from({ length: 16 }, (_, at) => `${at % 2 === 0 ? 'start' : 'end'} ${key}`),
      );
      const numbers = results.filter((result) => result.key === key).map(({ line }) => line);
      assert.deepEqual(
        numbers,
        numbers.toSorted((one, other) => one - other),
      );
    }
  });

  test('that is out of time is ended with all that it started, and holds its lane until then', async (context) => {
    const cwd = await makeFolder(context);
    // SIGTERM ends the shell of the first at once, but not what it has started, which has closed its
    // output and holds the lock until SIGKILL. The second tells whether it had come; the system takes a
    // moment to let go of what a killed process had.
    const script = `case $TINYCLAW_LINE in
      1) (trap "" TERM; exec flock lock sleep 60) < /dev/null > /dev/null 2>&1 & wait;;
      2) flock --timeout 10 lock echo free || echo held;;
    esac`;
    const input = toJsonLines([{ k: 'ada' }, { k: 'ada' }]);
    const words = [...run, '--timeout', '1000', '--', 'sh', '-c', script];
    const { exitCode, results } = await runCli(words, { cwd, input });
    assert.equal(exitCode, 1);
    const [first, second] = results;
    assert.deepEqual([first?.line, first?.error?.name, first?.error?.code], [1, 'QueueError', 'timeout']);
    assert.deepEqual([second?.line, second?.value], [2, 'free']);
  });
});
