/** Runs of large inputs with a store: one that is killed in the middle and goes on, and how much memory they take. */
import assert from 'node:assert/strict';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, test } from 'node:test';
import { fixture, makeFolder, runCli } from '../cli/cli-process.ts';
import { killAndRunAgain } from '../cli/killed-run.ts';
import { skipsStores } from '../cli/store-cli.ts';

describe('a run with a store', { skip: skipsStores }, () => {
  test('of 100,000 lines that was killed goes on where it was', (context) => killAndRunAgain(context, 100_000));

  test('of 128 MiB gets along with a heap of 80 MiB, and so does the next one, which takes them from the store', async (context) => {
    const cwd = await makeFolder(context);
    const count = 128 * 64;
    await pipeline(Readable.from(linesOf(count)), createWriteStream(join(cwd, 'in.jsonl')));
    const words = [
      'run',
      'in.jsonl',
      '--key',
      '.k',
      '--max-pending',
      '50',
      '--concurrency',
      '8',
      '--store',
      'queue.db',
    ];
    for (const what of ['first', 'next']) {
      const env = { NODE_OPTIONS: '--max-old-space-size=80' };
      const { exitCode, results, stderr } = await runCli([...words, '--handler', fixture('big-result.js')], {
        cwd,
        env,
      });
      assert.deepEqual([exitCode, results.length], [0, count], `${what}: ${stderr}`);
    }
  });
});

function* linesOf(count: number): Iterable<string> {
  const text = 'x'.repeat(16 * 1024);
  for (let n = 0; n < count; n += 1) yield `${JSON.stringify({ k: n % 7, n, text })}\n`;
}
