/** What a queue keeps in memory: per waiting task, per busy session, and after it has drained. Runs in its own process. */
import { Gate } from './gate.ts';
import { collectGarbage, makeSubmit, nextPass } from './measure-time.ts';
import type { MakeTask } from './measure-time.ts';
import type { ContextMode, CreatePeerQueue } from './peer.ts';
import { sessionKeys } from './workloads.ts';

export interface MemoryJob {
  readonly mode: ContextMode;
  readonly count: number;
  /** `drained tasks` are waiting tasks that are let run. Each starts from a fresh heap, so each takes a process of its own. */
  readonly of: 'waiting tasks' | 'drained tasks' | 'sessions';
}

/** Bytes of heap, each per task or per session, with the caller's task and the promise it holds. */
export interface MemoryUse {
  /** Per waiting task, or per session that runs one. */
  readonly heldBytes: number;
  /** What is left per task or session when all have ended; undefined where that isn't measured. */
  readonly leftBytes?: number;
}

export function measureMemory(createQueue: CreatePeerQueue, job: MemoryJob): Promise<MemoryUse> {
  return job.of === 'sessions' ? measureSessions(createQueue, job) : measureTasks(createQueue, job);
}

// Every session runs one task, and all of them wait for one gate; then the gate opens and the sessions are left idle.
async function measureSessions(createQueue: CreatePeerQueue, job: MemoryJob): Promise<MemoryUse> {
  const queue = createQueue(job.mode);
  const gate = new Gate();
  const submit = makeSubmit(queue, job.mode, makeHeldTask(gate.opened));
  const keys = sessionKeys(job.count);
  const results = emptyResults(job.count);
  const idleBytes = await heapBytes();
  for (const [index, key] of keys.entries()) results[index] = submit(key);
  const busyBytes = await heapBytes();
  gate.open();
  await Promise.all(results);
  void results.fill(nobody);
  const drainedBytes = await heapBytes();
  await keepAlive(queue);
  return { heldBytes: (busyBytes - idleBytes) / job.count, leftBytes: (drainedBytes - idleBytes) / job.count };
}

// One session whose first task holds everything else up. Where nothing is drained, the process ends with that.
async function measureTasks(createQueue: CreatePeerQueue, job: MemoryJob): Promise<MemoryUse> {
  const queue = createQueue(job.mode);
  const gate = new Gate();
  const submit = makeSubmit(queue, job.mode, makeHeldTask(gate.opened));
  const results = emptyResults(job.count);
  const running = submit('session');
  const idleBytes = await heapBytes();
  for (let index = 0; index < job.count; index += 1) results[index] = submit('session');
  const waitingBytes = await heapBytes();
  const heldBytes = (waitingBytes - idleBytes) / job.count;
  if (job.of === 'waiting tasks') {
    await keepAlive([running, results, queue]);
    return { heldBytes };
  }
  gate.open();
  await Promise.all(results);
  void results.fill(nobody);
  const drainedBytes = await heapBytes();
  await keepAlive(queue);
  return { heldBytes, leftBytes: (drainedBytes - idleBytes) / job.count };
}

// An async function of its own for each, as in real code: what a caller's task weighs is part of what waits.
function makeHeldTask(gate: Promise<void>): MakeTask {
  return (enqueueNumber) => async () => (enqueueNumber === 0 ? undefined : gate);
}

// The room for the results is there before the first reading: it belongs to the measuring.
function emptyResults(count: number): Promise<unknown>[] {
  return Array.from({ length: count }, () => nobody);
}

const nobody: Promise<unknown> = Promise.resolve();

async function heapBytes(): Promise<number> {
  // What a collection frees may be held by a callback of the pass it ran in, so that one collection isn't enough.
  for (let round = 0; round < 3; round += 1) {
    await nextPass();
    collectGarbage();
  }
  return process.memoryUsage().heapUsed;
}

// A use after the last reading, so that the collector can't take the thing before it.
function keepAlive(held: unknown): Promise<unknown> {
  return nextPass().then(() => held);
}
