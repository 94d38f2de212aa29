/**
 * Runs the benchmark's checks on the planted queue whose number it is given, or on @tinyclaw/queue without one, and writes what they
 * found as JSON. A program of its own, because node:test takes every unhandled rejection for a failed test.
 */
import { checkManners } from '../../bench/check-manners.ts';
import { checkWorkload } from '../../bench/check-workload.ts';
import type { CreatePeerQueue } from '../../bench/peer.ts';
import { createPeerQueue } from '../../bench/peers/tinyclaw-queue.ts';
import { workloadNames } from '../../bench/workloads.ts';
import { planted } from './planted.ts';

const number = process.argv[2];
const create = number === undefined ? createPeerQueue : planted[Number(number)]?.create;
if (create === undefined) throw new Error(`no planted queue ${String(number)}`);
process.stdout.write(JSON.stringify(await checkAll(create)));

async function checkAll(create: CreatePeerQueue): Promise<readonly string[]> {
  const found: string[] = [...(await checkManners(create))];
  for (const workload of workloadNames) {
    found.push(...(await checkWorkload(create, { workload, mode: 'storage', taskCount: 300 })));
  }
  return [...new Set(found)];
}
