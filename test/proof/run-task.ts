/** Runs a planned task inside its turn, and logs what can be seen of it from inside. */
import type { EventBody, Result } from './history.ts';
import type { EntryPlan, TaskPlan } from './programs.ts';
import { resultOfReason, resultOfValue } from './recorder.ts';
import type { RecordedTurn } from './recorder.ts';

/** What a task can reach. */
export interface Surroundings {
  enqueue(entry: EntryPlan): { readonly entry: number; readonly promise: Promise<unknown> };
  /** Resolves when the scheduler lets the task go on. */
  wait(): Promise<void>;
  readonly log: (event: EventBody) => void;
  /** The task is about to end. */
  end(): void;
}

/** Gives or throws what the plan says, at once where nothing in it takes time. */
export function runTask(plan: TaskPlan, turn: RecordedTurn, around: Surroundings): unknown {
  const run = new TaskRun(plan, turn, around);
  const inner = plan.inner && { ...around.enqueue(plan.inner.entry), awaits: plan.inner.awaits };
  const awaited = inner?.awaits === 'never' ? undefined : inner;
  if (awaited === undefined && (plan.takes === 'no time' || plan.ends.endsWith('thenable'))) return run.finish();
  return run.takeTime(awaited);
}

interface Awaited {
  readonly entry: number;
  readonly promise: Promise<unknown>;
  readonly awaits: 'never' | 'at once' | 'later';
}

class TaskRun {
  readonly #plan: TaskPlan;
  readonly #turn: RecordedTurn;
  readonly #around: Surroundings;

  constructor(plan: TaskPlan, turn: RecordedTurn, around: Surroundings) {
    this.#plan = plan;
    this.#turn = turn;
    this.#around = around;
    if (plan.abort === 'obeys') this.#onAbort(() => around.log({ type: 'turn-aborted', entry: turn.entry }));
  }

  async takeTime(awaited: Awaited | undefined): Promise<unknown> {
    if (awaited?.awaits === 'at once') await this.#await(awaited);
    if (this.#plan.takes === 'time' || awaited?.awaits === 'later') await this.#wait();
    if (awaited?.awaits === 'later') await this.#await(awaited);
    return this.finish();
  }

  finish(): unknown {
    const { ends } = this.#plan;
    const { entry } = this.#turn;
    switch (ends) {
      case 'value':
        this.#end({ ok: true, value: valueOf(entry) });
        return valueOf(entry);
      case 'error':
        this.#end({ ok: false, reason: errorOf(entry).message });
        throw errorOf(entry);
      case 'nothing':
        this.#end({ ok: false, reason: 'undefined' });
        return Promise.reject(undefined);
      case 'thenable':
      case 'failing thenable':
        return this.#thenable(ends === 'thenable');
      default:
        return ends satisfies never;
    }
  }

  // A thenable that isn't a promise, and ends when it likes.
  #thenable(isGood: boolean): object {
    const { log } = this.#around;
    const { entry } = this.#turn;
    const settle = (resolve: (value: unknown) => void, reject: (reason: unknown) => void): void => {
      this.#end(isGood ? { ok: true, value: valueOf(entry) } : { ok: false, reason: errorOf(entry).message });
      if (isGood) resolve(valueOf(entry));
      else reject(errorOf(entry));
    };
    const then = (resolve: (value: unknown) => void, reject: (reason: unknown) => void): void => {
      log({ type: 'user-code', what: `then of entry ${entry} was called` });
      if (this.#plan.takes === 'time') void this.#wait().then(() => settle(resolve, reject));
      else settle(resolve, reject);
    };
    return {
      get then() {
        log({ type: 'user-code', what: `then of entry ${entry} was read` });
        return then;
      },
    };
  }

  async #await({ entry: on, promise }: Awaited): Promise<void> {
    const { entry } = this.#turn;
    this.#around.log({ type: 'await-began', entry, on });
    const result = await resultOf(this.#orAbort(promise));
    const gaveUp = !result.ok && result.reason === gaveUpReason;
    this.#around.log({ type: 'await-ended', entry, on, ...(!gaveUp && { result }) });
  }

  // For a task that ignores its abort it is the promise itself that is awaited, without a race.
  #orAbort(promise: Promise<unknown>): Promise<unknown> {
    if (this.#plan.abort === 'ignores') return promise;
    const aborted = new Promise((_, reject) => this.#onAbort(() => reject(new Error(gaveUpReason))));
    return Promise.race([promise, aborted]);
  }

  async #wait(): Promise<void> {
    const goesOn = this.#around.wait();
    if (this.#plan.abort === 'ignores') return goesOn;
    return Promise.race([goesOn, new Promise<void>((resolve) => this.#onAbort(resolve))]);
  }

  #onAbort(callback: () => void): void {
    const { signal } = this.#turn.turn;
    if (signal.aborted) callback();
    else signal.addEventListener('abort', () => callback(), { once: true });
  }

  #end(result: Result): void {
    this.#around.end();
    this.#turn.end(result);
  }
}

// With the promise itself as the operand: only that is an await of it.
async function resultOf(promise: Promise<unknown>): Promise<Result> {
  try {
    return resultOfValue(await promise);
  } catch (error) {
    return resultOfReason(error);
  }
}

const gaveUpReason = 'gave up';

function valueOf(entry: number): string {
  return `value of ${entry}`;
}

function errorOf(entry: number): Error {
  return new Error(`failure of ${entry}`);
}
