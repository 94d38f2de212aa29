/** Wrong words are refused at once, with what was expected. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { fixture, makeFolder, runCli } from './cli-process.ts';

const echo = ['--handler', fixture('echo.js')];

describe('wrong words', { concurrency: true }, () => {
  const count = 'Expected a whole number, 1 or more.';
  const milliseconds = 'Expected whole milliseconds, 1 to 2147483647.';
  const cases: readonly (readonly [words: readonly string[], message: string])[] = [
    [['run', ...echo], "error: required option '--key <path>' not specified"],
    [['run', '--key', '.k'], 'error: expected either --handler <module> or -- <command>, got neither'],
    [
      ['run', '--key', '.k', ...echo, '--', 'cat'],
      'error: expected either --handler <module> or -- <command>, got both',
    ],
    [['run', '--key', '.k', '--'], 'error: expected either --handler <module> or -- <command>, got nothing after --'],
    [
      ['run', '--key', 'k', ...echo],
      `error: option '--key <path>' argument 'k' is invalid. Expected a path such as .session, .chat.id, ` +
        `.["odd key"] or .items[0]. It stops making sense at character 1.`,
    ],
    [
      ['run', '--key', '.k', '--concurrency', '0', ...echo],
      `error: option '--concurrency <n>' argument '0' is invalid. ${count}`,
    ],
    [
      ['run', '--key', '.k', '--concurrency', '1e3', ...echo],
      `error: option '--concurrency <n>' argument '1e3' is invalid. ${count}`,
    ],
    [
      ['run', '--key', '.k', '--timeout', '5s', ...echo],
      `error: option '--timeout <ms>' argument '5s' is invalid. ${milliseconds}`,
    ],
    // A timer of more would fire at once.
    [
      ['run', '--key', '.k', '--timeout', '2147483648', ...echo],
      `error: option '--timeout <ms>' argument '2147483648' is invalid. ${milliseconds}`,
    ],
    [
      ['run', '--key', '.k', '--attempts', '2', ...echo],
      'error: --attempts needs --store, which remembers how many there were',
    ],
    [
      ['run', '--key', '.k', '--store', 'redis://localhost', ...echo],
      "error: can't use --store redis://localhost: a run owns its store, and one in Redis is shared. Give the path of a " +
        'SQLite file, such as queue.db.',
    ],
    [
      ['run', '--key', '.k', '--store', 'postgres://me:secret@localhost', ...echo],
      "error: can't use --store postgres:…: there is no store for postgres: here. Give the path of a SQLite file, such as " +
        'queue.db.',
    ],
    [
      ['run', '--key', '.k', '--store', ':memory:', ...echo],
      "error: can't use --store :memory:: expected the path of a SQLite file.",
    ],
    [['run', '--key', '.k', '--nope', ...echo], "error: unknown option '--nope'"],
    [['run', 'a', 'b', '--key', '.k', ...echo], "error: too many arguments for 'run'. Expected 1 argument but got 2."],
    [
      ['run', 'none.jsonl', '--key', '.k', ...echo],
      "error: can't read none.jsonl: ENOENT: no such file or directory, open 'none.jsonl'",
    ],
    [['run', '.', '--key', '.k', ...echo], "error: can't read .: it is a folder"],
    [
      ['run', '--key', '.k', '--output', 'none/out.jsonl', ...echo],
      "error: can't write none/out.jsonl: ENOENT: no such file or directory, open 'none/out.jsonl'",
    ],
  ];
  for (const [words, message] of cases) {
    test(words.map((word) => basename(word)).join(' '), async (context) => {
      const { exitCode, stdout, stderr } = await runCli(words, { cwd: await makeFolder(context) });
      assert.deepEqual([exitCode, stdout, stderr.split('\n')[0]], [2, '', message]);
    });
  }

  test('a module that throws, is not there, or has no function to offer', async (context) => {
    const cwd = await makeFolder(context);
    await writeFile(join(cwd, 'throws.mjs'), 'throw new Error("at the top")');
    await writeFile(join(cwd, 'number.mjs'), 'export default 1');
    await writeFile(join(cwd, 'named.mjs'), 'export const handler = () => 1');
    const tryModule = async (name: string): Promise<string> => {
      const { exitCode, stderr } = await runCli(['run', '--key', '.k', '--handler', name], { cwd });
      assert.equal(exitCode, 2);
      return stderr;
    };
    const expected = 'expected its default export to be a function (value, turn) => result, got';
    assert.equal(await tryModule('./throws.mjs'), "error: can't use --handler ./throws.mjs: at the top\n");
    assert.equal(await tryModule('number.mjs'), `error: can't use --handler number.mjs: ${expected} number\n`);
    assert.equal(await tryModule('named.mjs'), `error: can't use --handler named.mjs: ${expected} undefined\n`);
    assert.match(await tryModule('none.mjs'), /^error: can't use --handler none\.mjs: Cannot find module /);
  });
});

describe('the help', { concurrency: true }, () => {
  test('of the command names its sub-commands', async () => {
    const { exitCode, stdout } = await runCli(['--help']);
    assert.equal(exitCode, 0);
    assert.match(stdout, /run \[options\] \[file\] +run a handler for every line/);
  });

  test('of run names every option, the exit codes and examples', async () => {
    const { exitCode, stdout } = await runCli(['run', '--help']);
    assert.equal(exitCode, 0);
    for (const word of [
      '--key',
      '--handler',
      '--concurrency',
      '--timeout',
      '--max-pending',
      '--output',
      '--store',
      '--attempts',
      'Exit codes:',
      'Examples:',
    ]) {
      assert.ok(stdout.includes(word), word);
    }
    assert.ok(stdout.split('\n').every((line) => line.length <= 80));
  });

  for (const name of ['ls', 'show', 'retry', 'drop', 'doctor']) {
    test(`of ${name} says what it needs, what --json gives and its exit codes, on 80 columns`, async () => {
      const { exitCode, stdout } = await runCli([name, '--help']);
      assert.equal(exitCode, 0);
      for (const word of ['--store <store>', 'With --json', 'Exit codes:']) assert.ok(stdout.includes(word), word);
      assert.ok(stdout.split('\n').every((line) => line.length <= 80));
    });
  }

  test('is what the command says when it is asked nothing', async () => {
    const { exitCode, stderr } = await runCli([]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /^Usage: tinyclaw-queue/);
  });

  test('has a version', async () => {
    const { exitCode, stdout } = await runCli(['--version']);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^\d+\.\d+\.\d+/);
  });
});
