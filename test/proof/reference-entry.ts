/** What the reference queue keeps of an entry and a session, and the promise that notices an await inside a turn. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntryOptions, QueueErrorCode, Task } from '#src/index.ts';
import type { FakeClock } from './fake-clock.ts';

export interface Session {
  readonly key: string;
  /** In the order in which they will run. */
  readonly waiting: Entry[];
  /** Who holds the lane. */
  turn: Entry | undefined;
}

export interface Entry {
  readonly id: string;
  readonly session: Session;
  readonly task: Task<unknown>;
  readonly options: EntryOptions;
  readonly rankMs: number;
  readonly promise: WatchedPromise;
  readonly settle: (end: End) => void;
  /** Calls back in the async context in which it was enqueued. */
  readonly inContext: <Result>(callback: () => Result) => Result;
  readonly controller: AbortController;
  /** What has to be undone when it goes on to its next state. */
  readonly undo: (() => void)[];
  /** The entries that its turn awaits. */
  readonly awaited: Set<Entry>;
  epoch: number;
  progressedMs: number;
  readonly progress: () => void;
  isTold: boolean;
  hasEnded: boolean;
}

/** How an entry ended. */
export type End =
  | { readonly type: 'done'; readonly value: unknown }
  | { readonly type: 'failed' | 'dropped'; readonly reason: unknown; readonly code?: QueueErrorCode };

export function clearAll(entry: Entry): void {
  for (const undo of entry.undo.splice(0)) undo();
}

export function setTimer(clock: FakeClock, entry: Entry, callback: () => void, delayMs: number | undefined): void {
  if (delayMs === undefined || delayMs === Infinity) return;
  const timer = clock.setTimer(callback, delayMs);
  entry.undo.push(() => timer.clear());
}

/** The turn whose code runs now. */
export const currentTurn: AsyncLocalStorage<Entry> = new AsyncLocalStorage();

/** Gives the error with which an await is refused; undefined where it is allowed. */
export type OnAwait = (turn: Entry) => unknown;

export class WatchedPromise extends Promise<unknown> {
  onAwait: OnAwait | undefined = undefined;

  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  // `await` calls this with two functions, and so does everybody else who wants the value.
  override then<Good = unknown, Bad = never>(
    onFulfilled?: ((value: unknown) => Good | PromiseLike<Good>) | null,
    onRejected?: ((reason: unknown) => Bad | PromiseLike<Bad>) | null,
  ): Promise<Good | Bad> {
    const turn = currentTurn.getStore();
    const refusal = turn === undefined ? undefined : this.onAwait?.(turn);
    return refusal === undefined
      ? super.then(onFulfilled, onRejected)
      : Promise.reject(refusal).then(onFulfilled, onRejected);
  }
}

/** Whether `turn`, awaiting `entry`, would in the end await itself. */
export function closesRing(turn: Entry, entry: Entry, seen: ReadonlySet<Entry> = new Set()): boolean {
  const holder = entry.session.turn;
  if (holder === undefined || seen.has(holder)) return false;
  if (holder === turn) return true;
  return [...holder.awaited].some((awaited) => closesRing(turn, awaited, new Set([...seen, holder])));
}
