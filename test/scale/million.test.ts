/** A million at once: everything runs, in order, and nothing of it is left behind. What it costs is measured by the benchmark. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import type { MillionReport } from './run-million.ts';

const million = 1_000_000;
// Four bytes each: room for tables that have grown, but not for one entry or session in twenty.
const mostBytesLeft = 4 * million;

describe('a million tasks enqueued at once', () => {
  it('of one session run in the order of their enqueue, and leave nothing behind', async () => {
    assertAllDone(await runMillion('deep'));
  });

  it('of a million sessions run each in its turn, and leave nothing behind', async () => {
    assertAllDone(await runMillion('wide'));
  });
});

async function runMillion(shape: 'deep' | 'wide'): Promise<MillionReport> {
  const program = fileURLToPath(new URL('run-million.ts', import.meta.url));
  const flags = ['--expose-gc', '--conditions=source'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program, shape, String(million)]);
  // The other side is run-million.ts, whose report has this type.
  return JSON.parse(stdout) as MillionReport;
}

function assertAllDone({ bytesLeft, ...counts }: MillionReport): void {
  assert.deepEqual(counts, {
    ranCount: million,
    outOfPlace: 0,
    rightCount: million,
    pendingBefore: million,
    pendingAfter: 0,
    sessionsAfter: 0,
  });
  assert.ok(bytesLeft < mostBytesLeft, `${bytesLeft} bytes of heap are left`);
}
