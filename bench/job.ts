/** What the benchmark asks a competitor's process to do, and what that answers: the words between the two processes. */
import type { MannersFault } from './check-manners.ts';
import type { WorkloadCheckJob, WorkloadFault } from './check-workload.ts';
import type { MemoryJob, MemoryUse } from './measure-memory.ts';
import type { RoundTime, TimeJob } from './measure-time.ts';

/** Each kind of job with its answer. */
export interface Jobs {
  /** Loads the adapter, so that starting up disturbs nobody's round. */
  readonly load: { readonly job: object; readonly answer: null };
  readonly time: { readonly job: TimeJob; readonly answer: RoundTime };
  readonly memory: { readonly job: MemoryJob; readonly answer: MemoryUse };
  readonly workload: { readonly job: WorkloadCheckJob; readonly answer: readonly WorkloadFault[] };
  readonly manners: { readonly job: object; readonly answer: readonly MannersFault[] };
}

export type JobKind = keyof Jobs;

export type Question = {
  readonly [Kind in JobKind]: { readonly kind: Kind; readonly job: Jobs[Kind]['job'] };
}[JobKind];

/** `failed` is there instead of an answer when the job threw. */
export interface Reply {
  readonly answer?: unknown;
  readonly failed?: string;
}
