/**
 * Runs many tasks at once, of one session or of one session each, and writes as JSON what came of them. A program of its own,
 * because node:test watches every promise made inside a test, which takes more time and memory than the queue.
 */
import assert from 'node:assert/strict';

import { createSessionQueue } from '#src/index.ts';
import type { SessionQueue } from '#src/index.ts';

export interface MillionReport {
  /** How many tasks ran; of those, how many at another place than that of their enqueue. */
  readonly ranCount: number;
  readonly outOfPlace: number;
  /** Callers that got the result of their own task. */
  readonly rightCount: number;
  readonly pendingBefore: number;
  readonly pendingAfter: number;
  readonly sessionsAfter: number;
  /** Heap after the drain less heap before the first enqueue. */
  readonly bytesLeft: number;
}

const [shape, count] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await run(shape === 'deep' ? () => 'session' : (index) => `session-${index}`)));

async function run(keyOf: (index: number) => string): Promise<MillionReport> {
  const queue = createSessionQueue();
  // Code that is compiled and tables that are made on first use don't count as left behind.
  await runTasks(queue, 10_000, keyOf);
  const bytesBefore = await heapBytes();
  const report = await runTasks(queue, Number(count), keyOf);
  const bytesLeft = (await heapBytes()) - bytesBefore;
  return { ...report, pendingAfter: queue.pending(), sessionsAfter: queue.inspect().sessions.length, bytesLeft };
}

type Counts = Pick<MillionReport, 'ranCount' | 'outOfPlace' | 'rightCount' | 'pendingBefore'>;

/** Enqueues all tasks at once and awaits all results, keeping none. */
function runTasks(queue: SessionQueue, taskCount: number, keyOf: (index: number) => string): Promise<Counts> {
  let ranCount = 0;
  let outOfPlace = 0;
  let rightCount = 0;
  let settledCount = 0;
  return new Promise((resolve) => {
    for (let index = 0; index < taskCount; index += 1) {
      const task = async (): Promise<number> => {
        if (ranCount !== index) outOfPlace += 1;
        ranCount += 1;
        return index;
      };
      const countResult = (result: unknown): void => {
        if (result === index) rightCount += 1;
        settledCount += 1;
        if (settledCount === taskCount) resolve({ ranCount, outOfPlace, rightCount, pendingBefore });
      };
      queue.enqueue(keyOf(index), task).then(countResult, countResult);
    }
    const pendingBefore = queue.pending();
  });
}

async function heapBytes(): Promise<number> {
  assert.ok(globalThis.gc !== undefined, 'run with --expose-gc');
  // What the last pass of the event loop held is free in the next.
  for (let pass = 0; pass < 3; pass += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}
