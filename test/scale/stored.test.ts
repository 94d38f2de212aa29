/** A million entries that wait in a file: a queue that is opened on it has them all, and runs them in order. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import type { OpenReport, StoreReport } from './run-stored.ts';

const million = 1_000_000;

describe('a million entries in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'queue-'));
  after(() => rmSync(folder, { recursive: true }));

  it('are all there when it is opened again, and run in order', async (test) => {
    const path = join(folder, 'queue.db');
    const { storeSeconds, fileMegabytes } = await runProgram<StoreReport>('store', path);
    const { openSeconds, runSeconds, heapMegabytes, ...counts } = await runProgram<OpenReport>('open', path);
    test.diagnostic(
      `stored in ${storeSeconds.toFixed(1)} s, a file of ${fileMegabytes.toFixed(0)} MB; ` +
        `opened in ${openSeconds.toFixed(1)} s, ${heapMegabytes.toFixed(0)} MB of heap; run in ${runSeconds.toFixed(1)} s`,
    );
    assert.deepEqual(counts, { pendingBefore: million, pendingAfter: 0, ranCount: million, outOfPlace: 0 });
  });
});

async function runProgram<Report>(act: 'store' | 'open', path: string): Promise<Report> {
  const program = fileURLToPath(new URL('run-stored.ts', import.meta.url));
  const args = ['--conditions=source', '--no-warnings', program, act, path, String(million)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  // The other side is run-stored.ts, whose reports have these types.
  return JSON.parse(stdout) as Report;
}
