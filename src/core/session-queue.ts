/// <reference lib="esnext.disposable" preserve="true" />
/**
 * The public shape of a session queue: what a caller hands in and gets back.
 * The words are those of the glossary in docs/concepts.md.
 */
import type { Policy } from './policy.ts';
import type { QueueEvent } from './queue-event.ts';
import type { QueueSnapshot, SessionSnapshot } from './snapshot.ts';

/**
 * One lane per session. Entries of one session key run strictly one after another in the order
 * of their `enqueue` calls; different sessions run at the same time.
 */
export interface SessionQueue extends QueueControls<Unstarted> {
  /**
   * Runs `task` when everything enqueued before it for the same session has ended, and gives its
   * result. The place in line is taken before this call returns; the task itself never starts
   * inside the call, and runs in the async context of the call.
   *
   * A key is any string. The promise follows the task: it resolves with what the task returns and
   * rejects with what it throws, unchanged. When the entry ends otherwise it rejects with a
   * {@link QueueError} whose `code` says why: `stopped`, `full`, `expired`, `cancelled`, `closed`,
   * `aborted`, `timeout`, `idle-timeout`, `deadlock`, and with a policy `rejected`, `replaced`, `interrupted`.
   *
   * Never throws: bad arguments reject with a TypeError or RangeError, and nothing is enqueued.
   *
   * @example
   * const queue = createSessionQueue();
   * const first = queue.enqueue('ada', async () => 'one');
   * const second = queue.enqueue('ada', async () => 'two'); // starts when the first has ended
   * assert.deepEqual(await Promise.all([first, second]), ['one', 'two']);
   */
  enqueue<T>(sessionKey: string, task: Task<T>, options?: EntryOptions): Promise<T>;
}

/** What every queue has, whatever it runs. `Item` is what it hands back unstarted. */
export interface QueueControls<Item> extends AsyncDisposable {
  /**
   * How many entries of the session wait or run; without a key, of all sessions. When the code
   * that awaited an entry goes on, that entry is no longer counted. A turn that overstays its
   * abort counts until it has ended or its lane was released.
   */
  pending(sessionKey?: string): number;

  /**
   * Takes no more: later `enqueue` calls reject with `Queue has been stopped`. What is queued
   * still runs, and `pending()` goes on telling the truth. Can be called again without effect.
   */
  stop(): void;

  /**
   * Takes every waiting entry of the session and its running turn in one step. Waiting entries
   * reject with `cancelled` and are handed back, in order; the running turn's signal aborts and
   * its caller is told at once, but the lane stays closed until the turn has really ended.
   * A turn that starts later is never touched.
   */
  cancel(sessionKey: string): readonly Item[];

  /**
   * Starts no further turn of the session, or of any session without a key. Running turns go on,
   * and entries are still taken. A paused key is remembered until it is resumed.
   */
  pause(sessionKey?: string): void;

  /**
   * Ends a pause: that of the session, or without a key that of the whole queue. Pausing twice
   * is pausing once. Sessions that were paused by their key stay paused until resumed by it.
   */
  resume(sessionKey?: string): void;

  /** Resolves as soon as nothing waits or runs; at once when that is so already. Never rejects. */
  drained(): Promise<void>;

  /**
   * Stops the queue, lets what is queued run, and ends in an orderly way:
   * 1. `stop()`; turns go on starting for `drainMs` (default: Infinity), until nothing can run
   *    any more (paused entries don't hold a close up);
   * 2. whatever still waits rejects with `closed` and is handed back;
   * 3. whatever still runs is aborted and its caller told (`closed`), and it gets `graceMs` to
   *    end (5,000 ms where `graceMs` is infinite).
   *
   * Never rejects; a second call joins the first, and a smaller `drainMs` shortens it.
   *
   * @throws never; a bad `drainMs` rejects with RangeError.
   */
  close(options?: CloseOptions): Promise<CloseReport<Item>>;

  /** The whole queue as it stands now. Costs time and memory in proportion to its sessions. */
  inspect(): QueueSnapshot;
  /** One session as it stands now; undefined when it is idle. */
  inspect(sessionKey: string): SessionSnapshot | undefined;

  /**
   * Calls `listener` with every event, in order, soon after it happened and never inside the call
   * that caused it, in the async context of this `subscribe` call. Gives a function that
   * unsubscribes. A listener that throws doesn't disturb the queue or other listeners; its error
   * surfaces as an unhandled rejection.
   */
  subscribe(listener: (event: QueueEvent) => void): () => void;

  /** Same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What runs in a turn. It may return a value, a promise or any thenable, and may throw. */
export type Task<T> = (turn: Turn) => T | PromiseLike<T>;

/** One run of a task, handed to it. */
export interface Turn {
  /** The session key. */
  readonly key: string;
  /** Names the entry within its queue, for logs: `1`, `2`, … in the order of `enqueue`, or the id that a message was given. */
  readonly id: string;
  /**
   * Grows with every turn of a session, so that whatever a turn writes elsewhere can be fenced:
   * refuse a write whose epoch is smaller than the greatest seen.
   */
  readonly epoch: number;
  /** 1 for the first run. */
  readonly attempt: number;
  /**
   * Aborts when the turn is cancelled, out of time, or its entry's `signal` aborts; `reason` is
   * the error the caller got. Made when first read, so a task that ignores it costs nothing.
   */
  readonly signal: AbortSignal;
  /** Tells the idle watchdog (`idleTimeoutMs`) that the turn is alive. */
  progress(): void;
}

/** How one entry is to be treated. Every field is optional. */
export interface EntryOptions {
  /**
   * Takes the entry out of the line when it aborts, or aborts the turn if it runs. Rejects with
   * `aborted`; the signal's reason is the error's `cause`. No listener stays behind.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * The longest the turn may run, in ms from its start: > 0, default the queue's `timeoutMs`.
   * Then the caller is told (`timeout`) and the signal aborts; see {@link QueueOptions.graceMs}.
   */
  readonly timeoutMs?: number | undefined;
  /** The longest the entry may wait, in ms from `enqueue`: > 0, default Infinity. Then it rejects with `expired`. */
  readonly ttlMs?: number | undefined;
  /**
   * A head start in its session's line, in seconds: any finite number, default 0. The entry is
   * placed as if it had been enqueued that much earlier, so nothing starves. It overtakes what
   * waits, never an entry that has been given the lane already.
   */
  readonly priority?: number | undefined;
}

/** How a queue behaves. Every field is optional, and every limit defaults to none: a plain queue never refuses or aborts. */
export interface QueueOptions {
  /** What a busy session does; default first in, first out. See `@tinyclaw/queue/policies`. */
  readonly policy?: (Policy & { readonly needsMessages?: never }) | undefined;
  /**
   * Turns at once over all sessions: an integer >= 1, default Infinity. Ready sessions take turns,
   * one turn each. A turn that awaits another session's entry lends its slot until that entry's
   * caller is told, even if its code has stopped waiting for it.
   */
  readonly concurrency?: number | undefined;
  /** The longest a turn may run, in ms from its start: > 0, default Infinity. An entry's own `timeoutMs` goes first. */
  readonly timeoutMs?: number | undefined;
  /**
   * The longest a turn may run without `turn.progress()`, in ms: > 0, default Infinity. Counts
   * from the start and from each call; arrivals are not progress. Ends like a timeout, code `idle-timeout`.
   */
  readonly idleTimeoutMs?: number | undefined;
  /**
   * How long an aborted turn may hold its lane, in ms from the abort: >= 0, default Infinity. By
   * default the lane stays closed until the turn has really ended, because two turns of a session
   * never overlap. With a finite value the lane is released after it: the next turn has a greater
   * epoch, and whatever the old one still returns is dropped.
   */
  readonly graceMs?: number | undefined;
  /** Entries that wait or run over all sessions: an integer >= 1, default Infinity (each costs its caller a promise anyway). Then `enqueue` rejects with `full`. */
  readonly maxPending?: number | undefined;
  /** The same for each session. */
  readonly maxPendingPerSession?: number | undefined;
}

/** How to close. */
export interface CloseOptions {
  /** How long turns may go on before the rest is handed back and aborted, in ms: >= 0, default Infinity. */
  readonly drainMs?: number | undefined;
}

/** What a close left undone. */
export interface CloseReport<Item = Unstarted> {
  /** Entries that never started, in the order of their `enqueue` calls. */
  readonly unstarted: readonly Item[];
  /** Turns that were aborted and had not ended when the close gave up on them. */
  readonly stuck: readonly { readonly key: string; readonly id: string }[];
}

/** An entry that was taken out of the line before it ran. Its caller has been told. */
export interface Unstarted {
  readonly key: string;
  readonly id: string;
  readonly task: Task<unknown>;
}
