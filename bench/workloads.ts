/** What is timed: four ways in which tasks meet sessions. A workload only says for which session each task is enqueued. */

/** Enqueues the task of the benchmark for a session and gives its result. */
export type Submit = (sessionKey: string) => Promise<unknown>;

export interface Workload {
  /** The heading of its column. */
  readonly title: string;
  readonly says: string;
  /** Enqueues `taskCount` tasks and resolves when each result has been told. */
  run(submit: Submit, taskCount: number): Promise<void>;
}

export const workloads = {
  deep: {
    title: 'deep',
    says: 'one session, all tasks at once',
    run: (submit, taskCount) => submitAll(submit, taskCount, ['session']),
  },
  wide: {
    title: 'wide',
    says: 'as many sessions as tasks, all at once',
    run: (submit, taskCount) => submitAll(submit, taskCount, sessionKeys(taskCount)),
  },
  mixed: {
    title: 'mixed',
    says: '100 tasks for each session, interleaved, all at once',
    run: (submit, taskCount) => submitAll(submit, taskCount, sessionKeys(Math.ceil(taskCount / 100))),
  },
  sequential: {
    title: 'one at a time',
    says: 'one session, each task awaited before the next is enqueued',
    async run(submit, taskCount) {
      for (let index = 0; index < taskCount; index += 1) await submit('session');
    },
  },
} as const satisfies Readonly<Record<string, Workload>>;

export type WorkloadName = keyof typeof workloads;

export const workloadNames: readonly WorkloadName[] = ['deep', 'wide', 'mixed', 'sequential'];

const keysByCount = new Map<number, readonly string[]>();

/** Keys made once for all rounds, so that making strings is not timed. */
export function sessionKeys(count: number): readonly string[] {
  let keys = keysByCount.get(count);
  if (keys === undefined) {
    keys = Array.from({ length: count }, (_, index) => `session-${index}`);
    keysByCount.set(count, keys);
  }
  return keys;
}

// Every result gets one reaction, as if somebody awaited it: a queue that settles results late, or never, pays for it.
function submitAll(submit: Submit, taskCount: number, keys: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    let leftCount = taskCount;
    const countDown = (): void => {
      leftCount -= 1;
      if (leftCount === 0) resolve();
    };
    for (let index = 0; index < taskCount; index += 1) {
      void submit(keys[index % keys.length] ?? '').then(countDown, countDown);
    }
  });
}
