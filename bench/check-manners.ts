/**
 * How a peer treats what goes wrong: failures that somebody handles and failures that nobody does, keys that are names of
 * Object.prototype, a task that awaits its own session. Runs in the peer's own process, which must have no other work.
 */
import { Gate } from './gate.ts';
import type { CreatePeerQueue, PeerQueue, PeerTask } from './peer.ts';

/**
 * - `sessions wait for each other`: a session's task started only after another session's had ended
 * - `a failure blocks`: after a rejection or a throw the next task of the session never ran
 * - `a failure is changed`: a rejection reached the caller as something else, or as a success
 * - `a failure is swallowed`: an ignored failure raised no unhandled rejection
 * - `a failure is reported twice`: an ignored failure raised more than one, or a handled one raised any
 * - `keys`: a key such as `__proto__` or `constructor` doesn't work
 * - `self-await hangs`: a task that awaits its own session never ends, and nobody is told
 */
export type MannersFault =
  | 'sessions wait for each other'
  | 'a failure blocks'
  | 'a failure is changed'
  | 'a failure is swallowed'
  | 'a failure is reported twice'
  | 'keys'
  | 'self-await hangs';

export async function checkManners(createQueue: CreatePeerQueue): Promise<readonly MannersFault[]> {
  // Reports are counted where they are asked about; elsewhere they shall not end the process.
  process.on('unhandledRejection', () => {});
  const faults: (MannersFault | undefined)[] = [];
  for (const check of [checkParallel, checkFailures, checkKeys, checkSelfAwait, checkReports]) {
    faults.push(...(await check(createQueue('plain'))));
  }
  return [...new Set(faults.filter((fault) => fault !== undefined))];
}

type Check = (queue: PeerQueue) => Promise<readonly (MannersFault | undefined)[]>;

const checkParallel: Check = async (queue) => {
  const gate = new Gate();
  const first = queue.enqueue('first', () => gate.opened);
  const second = await outcomeOf(() => queue.enqueue('second', async () => 'done'));
  gate.open();
  await outcomeOf(() => first);
  return [second === 'done' ? undefined : 'sessions wait for each other'];
};

const checkFailures: Check = async (queue) => {
  const faults: (MannersFault | undefined)[] = [];
  const reasons: readonly unknown[] = [new Error('expected'), undefined, 0];
  for (const [index, reason] of reasons.entries()) {
    for (const task of [rejectWith(reason), throwWith(reason)]) {
      const key = `${index} ${task.name}`;
      const failed = await outcomeOf(() => queue.enqueue(key, task));
      const next = await outcomeOf(() => queue.enqueue(key, async () => 'done'));
      if (!(failed instanceof Failure) || failed.reason !== reason) faults.push('a failure is changed');
      if (next !== 'done') faults.push('a failure blocks');
    }
  }
  return faults;
};

const checkKeys: Check = async (queue) => {
  for (const key of ['', '__proto__', 'constructor', 'toString']) {
    if ((await outcomeOf(() => queue.enqueue(key, async () => key))) !== key) return ['keys'];
  }
  return [];
};

const checkSelfAwait: Check = async (queue) => {
  const outcome = await outcomeOf(() =>
    queue.enqueue('session', async () => {
      await queue.enqueue('session', async () => undefined);
    }),
  );
  return [outcome === unsettled ? 'self-await hangs' : undefined];
};

const checkReports: Check = async (queue) => {
  const reports = await countReports(async () => {
    void queue.enqueue('alone', rejectWith(new Error('ignored')));
  });
  const reportsBefore = await countReports(async () => {
    void queue.enqueue('before', rejectWith(new Error('ignored')));
    await outcomeOf(() => queue.enqueue('before', async () => undefined));
  });
  const reportsHandled = await countReports(async () => {
    await outcomeOf(() => queue.enqueue('handled', rejectWith(new Error('handled'))));
  });
  const isDoubled = reports > 1 || reportsBefore > 1 || reportsHandled > 0;
  return [
    reports === 0 || reportsBefore === 0 ? 'a failure is swallowed' : undefined,
    isDoubled ? 'a failure is reported twice' : undefined,
  ];
};

class Failure {
  readonly reason: unknown;

  constructor(reason: unknown) {
    this.reason = reason;
  }
}

const unsettled = Symbol('unsettled');

/** What became of an enqueue: its value, a Failure, or `unsettled` when the process had nothing left to do for it. */
async function outcomeOf(enqueue: () => Promise<unknown>): Promise<unknown> {
  let outcome: unknown = unsettled;
  try {
    enqueue().then(
      (value) => (outcome = value),
      (reason: unknown) => (outcome = new Failure(reason)),
    );
  } catch (reason) {
    return new Failure(reason);
  }
  await quietTime();
  return outcome;
}

async function countReports(act: () => Promise<void>): Promise<number> {
  let count = 0;
  const note = (): void => {
    count += 1;
  };
  process.on('unhandledRejection', note);
  await act();
  await quietTime();
  process.off('unhandledRejection', note);
  return count;
}

// Peers use microtasks, setImmediate and timers of no delay; nothing of theirs takes more turns of the event loop than this.
async function quietTime(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await new Promise((resolve) => {
      setTimeout(resolve, 1);
    });
  }
}

function rejectWith(reason: unknown): PeerTask {
  return async function rejects() {
    throw reason;
  };
}

function throwWith(reason: unknown): PeerTask {
  return function throws() {
    throw reason;
  };
}
