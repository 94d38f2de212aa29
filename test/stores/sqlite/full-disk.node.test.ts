/** A disk without room: a real one where the system lets one be made, otherwise a limit to the size of files. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';

import { makeFolder, runProgram, skip } from './parts.ts';
import type { FullReport } from './programs/full.ts';

// A file system of its own, that is gone with the process. `$0` is the folder.
const mount = 'mount -t tmpfs -o size=1200k tmpfs "$0" && exec "$@"';
const waysToFill = [
  { what: 'a full file system', launcher: ['unshare', '-rm', 'sh', '-c', mount], way: 'remove' },
  // Blocks of 512 bytes. Only the soft limit, which the process may raise again.
  { what: 'a limit of file sizes', launcher: ['sh', '-c', 'ulimit -S -f 800 && exec "$@"'], way: 'raise' },
] as const;

describe('a disk that gets full', { skip }, () => {
  for (const { what, launcher, way } of waysToFill) {
    it(`refuses what can't be stored, holds what can't end, and goes on when there is room: ${what}`, async (test) => {
      if (way === 'raise' && 'deno' in process.versions) {
        test.skip('Deno is ended by the signal that comes with that limit');
        return;
      }
      const folder = makeFolder();
      const words = [...launcher, folder];
      const [command, ...args] = [...words, 'prlimit', '--version'];
      if (spawnSync(command, args).status !== 0) {
        test.skip(`this machine has no way to make ${what}`);
        return;
      }
      assertGoesOn(await runProgram<FullReport>('full', [folder, way], { launcher: words }));
    });
  }
});

function assertGoesOn(report: FullReport): void {
  const { accepted, ran, refused, refusal, ...rest } = report;
  assert.deepEqual(refused, ['not-stored', 'not-stored', 'not-stored']);
  assert.match(refusal, /^Session "many": sqlite\(".*queue.db"\) failed, and it was not stored\. Enqueue it again/);
  assert.ok(accepted.length > 5, `${accepted.length} were accepted`);
  assert.deepEqual(ran, accepted);
  assert.deepEqual(rest, {
    startedWhileFull: ['first'],
    pendingWhileFull: 2,
    toldWhileFull: [],
    startedInTheEnd: ['first', 'second'],
    toldInTheEnd: ['first done', 'second done'],
    pendingInTheNextLife: 0,
    knownInTheNextLife: 'done',
  });
}
