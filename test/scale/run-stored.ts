/**
 * Opens a file with a million entries that wait, and runs them. Writes as JSON what came of it. A program of its own, because
 * node:test watches every promise made inside a test.
 */
import { statSync } from 'node:fs';

import { createSessionQueue } from '#src/index.ts';
import type { MessageTurn } from '#src/index.ts';
import { sqlite } from '#src/stores/sqlite/index.ts';

/** Of a process that stores them. */
export interface StoreReport {
  readonly storeSeconds: number;
  readonly fileMegabytes: number;
}

/** Of one that opens the file. */
export interface OpenReport {
  readonly openSeconds: number;
  readonly runSeconds: number;
  readonly heapMegabytes: number;
  readonly pendingBefore: number;
  readonly pendingAfter: number;
  readonly ranCount: number;
  readonly outOfPlace: number;
}

const [act, path = '', count = '0'] = process.argv.slice(2);
const sessionCount = 1000;

process.stdout.write(JSON.stringify(act === 'store' ? await store() : await open()));

async function store(): Promise<StoreReport> {
  const startMs = performance.now();
  const queue = createSessionQueue({ run: () => undefined, store: sqlite(path) });
  queue.pause();
  const atOnce = 10_000;
  for (let first = 0; first < Number(count); first += atOnce) {
    let last: Promise<void> | undefined;
    for (let index = first; index < Math.min(first + atOnce, Number(count)); index += 1) {
      const ticket = queue.enqueue(`session-${index % sessionCount}`, { index, text: 'hello there' });
      ticket.catch(() => undefined);
      last = ticket.accepted;
    }
    await last;
  }
  const storeSeconds = secondsSince(startMs);
  await queue.close({ drainMs: 0 });
  return { storeSeconds, fileMegabytes: statSync(path).size / 1e6 };
}

async function open(): Promise<OpenReport> {
  const latest = new Map<string, number>();
  let ranCount = 0;
  let outOfPlace = 0;
  const run = ({ key, input }: MessageTurn<{ readonly index: number }>): void => {
    if (input.index <= (latest.get(key) ?? -1)) outOfPlace += 1;
    latest.set(key, input.index);
    ranCount += 1;
  };
  const startMs = performance.now();
  const queue = createSessionQueue({ run, store: sqlite(path) });
  const openSeconds = secondsSince(startMs);
  const pendingBefore = queue.pending();
  const heapMegabytes = process.memoryUsage().heapUsed / 1e6;
  await queue.drained();
  const runSeconds = secondsSince(startMs) - openSeconds;
  const pendingAfter = queue.pending();
  await queue.close();
  return { openSeconds, runSeconds, heapMegabytes, pendingBefore, pendingAfter, ranCount, outOfPlace };
}

function secondsSince(startMs: number): number {
  return (performance.now() - startMs) / 1000;
}
