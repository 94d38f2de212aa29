/** One timed round of one workload, wall clock and CPU time beside each other. Runs in the competitor's own process. */
import { AsyncLocalStorage } from 'node:async_hooks';

import type { ContextMode, CreatePeerQueue, PeerQueue, PeerTask } from './peer.ts';
import { workloads } from './workloads.ts';
import type { Submit, WorkloadName } from './workloads.ts';

export interface TimeJob {
  readonly workload: WorkloadName;
  readonly mode: ContextMode;
  readonly taskCount: number;
}

/** What one task cost, on average over a round. */
export interface RoundTime {
  readonly wallNs: number;
  readonly cpuNs: number;
}

// A round repeats its workload until it has run for this long: one pass of a fast queue is over before the clock and the
// collector even out.
const shortestRoundMs = 100;
const mostPasses = 20;

export async function measureRound(createQueue: CreatePeerQueue, job: TimeJob): Promise<RoundTime> {
  let wallMs = 0;
  let cpuMicroseconds = 0;
  let passCount = 0;
  do {
    const queue = createQueue(job.mode);
    const submit = makeSubmit(queue, job.mode);
    await nextPass();
    collectGarbage();
    // A full collection also throws away compiled code whose objects it found dead: let it come back, for everyone.
    await workloads[job.workload].run(submit, Math.ceil(job.taskCount / 10));
    await nextPass();
    const cpuBefore = process.cpuUsage();
    const startedMs = performance.now();
    await workloads[job.workload].run(submit, job.taskCount);
    // The clock stops when the queue has nothing left to do in this pass of the event loop: clean-up counts too.
    await nextPass();
    wallMs += performance.now() - startedMs;
    const cpu = process.cpuUsage(cpuBefore);
    cpuMicroseconds += cpu.user + cpu.system;
    passCount += 1;
    await queue.close?.();
  } while (wallMs < shortestRoundMs && passCount < mostPasses);
  const taskCount = passCount * job.taskCount;
  return { wallNs: (wallMs * 1e6) / taskCount, cpuNs: (cpuMicroseconds * 1e3) / taskCount };
}

/** Makes the task of one enqueue. */
export type MakeTask = (enqueueNumber: number) => PeerTask;

// A closure for every enqueue, as in real code, where a task knows its message.
const makeShortTask: MakeTask = (enqueueNumber) => async () => enqueueNumber;

const storage = new AsyncLocalStorage<number>();

/** How tasks get into a queue: each made for its enqueue, and with `storage` each inside a context of its own. */
export function makeSubmit(queue: PeerQueue, mode: ContextMode, makeTask: MakeTask = makeShortTask): Submit {
  let enqueueNumber = 0;
  const submit: Submit = (sessionKey) => {
    enqueueNumber += 1;
    return queue.enqueue(sessionKey, makeTask(enqueueNumber));
  };
  return mode === 'plain' ? submit : (sessionKey) => storage.run(enqueueNumber, submit, sessionKey);
}

/** Resolves in the next pass of the event loop, when every microtask of this one has run. */
export function nextPass(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** A full collection, so that a round never pays for the garbage of the one before. */
export function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc: rounds start from a collected heap');
  globalThis.gc();
}
