/**
 * Whether a peer keeps its promise on a workload: tasks of one session in order and one at a time, none lost, each in the
 * context of its own enqueue. Runs apart from the timing, with tasks that really wait. Runs in the peer's own process.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

import { nextPass } from './measure-time.ts';
import type { ContextMode, CreatePeerQueue } from './peer.ts';
import { workloads } from './workloads.ts';
import type { WorkloadName } from './workloads.ts';

export interface WorkloadCheckJob {
  readonly workload: WorkloadName;
  readonly mode: ContextMode;
  readonly taskCount: number;
}

/**
 * - `overlap`: two tasks of one session ran at the same time
 * - `order`: tasks of one session ran in another order than they were enqueued in
 * - `loss`: a task never ran, ran twice, or its result was not the one told
 * - `context`: a task ran in the async context of somebody else's enqueue
 */
export type WorkloadFault = 'overlap' | 'order' | 'loss' | 'context';

export async function checkWorkload(
  createQueue: CreatePeerQueue,
  job: WorkloadCheckJob,
): Promise<readonly WorkloadFault[]> {
  const queue = createQueue(job.mode);
  const watch = new Watch(job.mode);
  await workloads[job.workload].run((sessionKey) => {
    const { task, contextNumber } = watch.makeTask(sessionKey);
    const enqueue = (): Promise<unknown> => queue.enqueue(sessionKey, task);
    return watch.follow(job.mode === 'storage' ? storage.run(contextNumber, enqueue) : enqueue(), contextNumber);
  }, job.taskCount);
  return watch.faults(job.taskCount);
}

const storage = new AsyncLocalStorage<number>();

interface SessionRecord {
  enqueued: number;
  started: number;
  isBusy: boolean;
}

/** Watches the tasks of all sessions. A task's context number is its place among all enqueues. */
class Watch {
  readonly #mode: ContextMode;
  readonly #sessions = new Map<string, SessionRecord>();
  readonly #faults = new Set<WorkloadFault>();
  #enqueuedCount = 0;
  #rightResultCount = 0;
  #runCount = 0;

  constructor(mode: ContextMode) {
    this.#mode = mode;
  }

  makeTask(sessionKey: string): { readonly task: () => Promise<number>; readonly contextNumber: number } {
    this.#enqueuedCount += 1;
    const contextNumber = this.#enqueuedCount;
    const session = this.#sessions.get(sessionKey) ?? { enqueued: 0, started: 0, isBusy: false };
    this.#sessions.set(sessionKey, session);
    session.enqueued += 1;
    const place = session.enqueued;
    const task = async (): Promise<number> => {
      this.#start(session, place, contextNumber);
      // Some tasks wait for the event loop, most for a microtask: both kinds of gap are where a task can slip in.
      if (contextNumber % 16 === 0) await nextPass();
      else await Promise.resolve();
      this.#checkContext(contextNumber);
      session.isBusy = false;
      return contextNumber;
    };
    return { task, contextNumber };
  }

  async follow(result: Promise<unknown>, expected: number): Promise<void> {
    if ((await result) === expected) this.#rightResultCount += 1;
  }

  faults(taskCount: number): readonly WorkloadFault[] {
    if (this.#rightResultCount !== taskCount || this.#runCount !== taskCount) this.#faults.add('loss');
    return [...this.#faults];
  }

  #start(session: SessionRecord, place: number, contextNumber: number): void {
    this.#runCount += 1;
    session.started += 1;
    if (session.isBusy) this.#faults.add('overlap');
    if (session.started !== place) this.#faults.add('order');
    session.isBusy = true;
    this.#checkContext(contextNumber);
  }

  #checkContext(contextNumber: number): void {
    if (this.#mode === 'storage' && storage.getStore() !== contextNumber) this.#faults.add('context');
  }
}
