/** How a task is called, and how the promise of its caller comes to follow it. */
import type { Entry } from './entry.ts';

/** Always gives a native promise, whatever the task gave or threw. */
export function callTask(entry: Entry): Promise<unknown> {
  const { task } = entry;
  // A context that outlives the turn keeps the entry; it shall not keep what the task holds.
  entry.task = spent;
  try {
    return Promise.resolve(task(entry.session.turns.makeTurn(entry)));
  } catch (error) {
    return Promise.reject(error);
  }
}

function spent(): undefined {
  return undefined;
}

// oxlint-disable-next-line typescript/unbound-method -- it is called with a promise
const { then } = Promise.prototype;

/**
 * What the caller's promise follows while the turn runs: the task's promise, or an abort when that
 * comes first. As a thenable it is handed the promise's own resolving functions, which is what
 * makes an abort possible without a further promise.
 */
export class Following {
  readonly #entry: Entry;
  readonly #result: Promise<unknown>;

  constructor(entry: Entry, result: Promise<unknown>) {
    this.#entry = entry;
    this.#result = result;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- being one is its purpose
  then(resolve: (value: unknown) => void, reject: (reason: unknown) => void): void {
    const entry = this.#entry;
    entry.resolve = resolve;
    entry.reject = reject;
    // Aborted in the very call of its task.
    if (entry.state !== 'running') reject(entry.extras?.error);
    // A task may return a promise with a then of its own, which could do anything.
    void then.call(this.#result, succeed.bind(entry), fail.bind(entry));
  }
}

function succeed(this: Entry, value: unknown): void {
  const { ending } = this.session.turns;
  if (ending === undefined) endWell(this, value);
  else ending.succeeded(this, value);
}

function fail(this: Entry, reason: unknown): void {
  const { ending } = this.session.turns;
  if (ending === undefined) endBadly(this, reason);
  else ending.failed(this, reason);
}

// The lane is given up before the caller is told, so that pending() is right when the caller goes on.
export function endWell(entry: Entry, value: unknown): void {
  const { resolve } = entry;
  letGo(entry);
  entry.session.turns.end(entry, false);
  resolve?.(value);
}

export function endBadly(entry: Entry, reason: unknown): void {
  const { reject } = entry;
  letGo(entry);
  entry.session.turns.end(entry, true);
  reject?.(reason);
}

// An entry that has waited is old to the garbage collector, and would keep these alive after its own death.
function letGo(entry: Entry): void {
  entry.resolve = undefined;
  entry.reject = undefined;
}
