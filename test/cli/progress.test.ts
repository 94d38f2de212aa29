/** What standard error shows: on a terminal, and elsewhere. The terminal is one that `script` (util-linux) makes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { commandFile, fixture, makeFolder, runCli, startProgram, toJsonLines } from './cli-process.ts';

const scriptVersion = spawnSync('script', ['--version']);
const skip = String(scriptVersion.stdout).includes('util-linux') ? false : 'needs util-linux script to make a terminal';
const evilKey = '\u001b]0;owned\u0007\u009b2J\u202e\nline';

describe('on a terminal', { concurrency: true, skip }, () => {
  test('a progress line tells counts, rate and the busiest sessions, and goes away at the end', async (context) => {
    const startedAtMs = performance.now();
    const { shown, drawn } = await runOnTerminal(context, { columns: 200, toFile: true });
    const elapsedMs = performance.now() - startedAtMs;
    const last = drawn.at(-1) ?? '';
    assert.match(last, /^[\d.]+ m?s {2}0% {2}0 done {2}2 running {2}38 waiting {2}0\/s {2}busiest /);
    assert.ok(last.endsWith(String.raw`busiest "\u001b]0;owned\u0007\u009b2J\u202e\nline" 30, "日本 😀" 10`), last);
    assert.ok(drawn.length <= elapsedMs / 100 + 1, `${drawn.length} times in ${elapsedMs} ms`);
    const afterwards = shown.slice(shown.lastIndexOf('\u001b[?7h'));
    assert.match(afterwards, /^\u001b\[\?7h\r\r\u001b\[Klines +40 in /, 'cleared before the summary');
    assert.ok(!afterwards.includes('running'));
  });

  test('the line is cut to the width of the terminal', async (context) => {
    const { drawn } = await runOnTerminal(context, { columns: 40, toFile: true });
    assert.ok(drawn.length > 0);
    for (const line of drawn) {
      assert.equal(line.length, 39);
      assert.ok(line.endsWith('…'));
    }
  });

  test('results that are shown on the same terminal stay whole', async (context) => {
    const { shown } = await runOnTerminal(context, { columns: 80, toFile: false });
    const rows = shown.split('\n').map((row) => row.slice(row.lastIndexOf('\u001b[K') + 1));
    const results = rows.map((row) => row.replace(/^\[K/, '').trim()).filter((row) => row.startsWith('{'));
    assert.equal(results.length, 40);
    for (const result of results) assert.equal(typeof JSON.parse(result), 'object');
  });

  test('no key reaches it unescaped', async (context) => {
    for (const toFile of [true, false]) {
      const { shown } = await runOnTerminal(context, { columns: 80, toFile });
      // Only what draws the line is left of the control characters.
      const rest = shown.replaceAll(/\u001b\[(?:\?7[lh]|K)/g, '');
      assert.doesNotMatch(rest, /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u202e]/);
    }
  });
});

describe('where it is no terminal', () => {
  test('standard error has the bad lines and the summary, and nothing else', async () => {
    const input = toJsonLines([{ k: evilKey }, { k: 'bob' }, { k: evilKey }, {}]);
    const { stderr } = await runCli(['run', '--key', '.k', '--concurrency', '4', '--handler', fixture('echo.js')], {
      input,
    });
    const withoutTimes = stderr
      .replaceAll(/\d+ ms|[\d,]+ a second|\d+ at once/g, 'N')
      .replace(/^longest wait.*\n/m, '');
    assert.equal(
      withoutTimes,
      [
        'line 4: no key: .k is missing',
        'lines          4 in N, N',
        'sessions       2, at most N',
        String.raw`busiest        "\u001b]0;owned\u0007\u009b2J\u202e\nline" with 2 lines`,
        'ok             3',
        'failed         0',
        'bad lines      1',
        'first failure  line 4: no key: .k is missing',
        '',
      ].join('\n'),
    );
  });
});

interface OnTerminal {
  /** All that the terminal got. */
  readonly shown: string;
  /** The progress line, each time it was drawn. */
  readonly drawn: readonly string[];
}

/** Runs 40 lines, 30 of one session and 10 of another, which are held until the line has been drawn. */
async function runOnTerminal(
  context: TestContext,
  { columns, toFile }: { readonly columns: number; readonly toFile: boolean },
): Promise<OnTerminal> {
  const folder = await makeFolder(context);
  const lines = Array.from({ length: 40 }, (_, n) => ({ k: n % 4 === 0 ? '日本 😀' : evilKey }));
  await writeFile(join(folder, 'in.jsonl'), toJsonLines(lines));
  const words = ['run', 'in.jsonl', '--key', '.k', '--concurrency', '4', '--handler', fixture('until-released.js')];
  if (toFile) words.push('--output', 'out.jsonl');
  const command = [process.execPath, commandFile, ...words].map((word) => `'${word}'`).join(' ');
  const terminal = startProgram('script', ['-qec', `stty cols ${columns} rows 24; ${command}`, '/dev/null'], {
    cwd: folder,
    env: { RELEASE_FILE: join(folder, 'release'), TERM: 'xterm' },
  });
  let shown = '';
  terminal.child.stdout.on('data', (part: string) => {
    const hadDrawn = shown.includes('\u001b[?7h');
    shown += part;
    if (!hadDrawn && shown.includes('\u001b[?7h')) void writeFile(join(folder, 'release'), '');
  });
  const { exitCode } = await terminal.ended;
  assert.equal(exitCode, 0, shown);
  const drawn = [...shown.matchAll(/\u001b\[\?7l(?<line>.*?)\u001b\[K\u001b\[\?7h/g)];
  return { shown, drawn: drawn.map(({ groups }) => groups?.['line'] ?? '') };
}
