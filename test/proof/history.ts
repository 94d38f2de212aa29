/**
 * What a proof looks at: the history of one queue, as plain events in one total order.
 * Nothing in it refers to the queue, so that `check(history)` is a pure function.
 */
import type { QueueErrorCode, QueueEvent, QueueOptions } from '#src/index.ts';

/** Everything that happened to one queue, in order, and the options it was made with. */
export interface History {
  readonly options: QueueOptions;
  /** Whether a listener wrote down what it was told. */
  readonly hasListener: boolean;
  readonly events: readonly HistoryEvent[];
}

/**
 * One event. Calls that can have effects before they return are two events, the call and its
 * return; what happened inside stands between them. `atMs` is the fake clock.
 */
export type HistoryEvent = EventBody & { readonly atMs: number };

/** Entries are numbered in the order of their `enqueue` calls, from 1. */
export type EventBody =
  | EnqueueCalled
  | { readonly type: 'enqueue-returned'; readonly entry: number }
  | TurnStarted
  | { readonly type: 'ended'; readonly entry: number; readonly result: Result }
  /** The turn's own signal told the task to give up. */
  | { readonly type: 'turn-aborted'; readonly entry: number }
  | { readonly type: 'progressed'; readonly entry: number }
  /** The promise of `enqueue` settled, as somebody outside every turn saw it. */
  | { readonly type: 'settled'; readonly entry: number; readonly result: Result }
  | { readonly type: 'await-began'; readonly entry: number; readonly on: number }
  /** Without a result where the turn was aborted and didn't wait for it. */
  | { readonly type: 'await-ended'; readonly entry: number; readonly on: number; readonly result?: Result }
  /** A listener was told of an event of the queue. */
  | { readonly type: 'told'; readonly what: QueueEvent['type']; readonly id?: string; readonly code?: QueueErrorCode }
  /** Code that isn't the queue's ran: a thenable was read or called. */
  | { readonly type: 'user-code'; readonly what: string }
  | { readonly type: 'signal-aborting' | 'signal-aborted'; readonly signal: number }
  | { readonly type: 'cancel-called'; readonly key: string }
  | { readonly type: 'cancel-returned'; readonly key: string; readonly entries: readonly number[] }
  /** `paused` stands after its call, `resumed` before it. Without a key: the whole queue. */
  | { readonly type: 'paused' | 'resumed'; readonly key?: string }
  | { readonly type: 'stopped' }
  | { readonly type: 'close-called'; readonly drainMs: number }
  | { readonly type: 'close-resolved'; readonly unstarted: readonly number[]; readonly stuck: readonly number[] }
  | { readonly type: 'drained-called' }
  | { readonly type: 'drained-resolved' }
  | { readonly type: 'clock-moving' | 'clock-moved' }
  | Probed
  /** Nothing happens any more until something from outside does. */
  | { readonly type: 'quiet'; readonly sessions: readonly string[] }
  /** Every task was let go and has had the time to end. */
  | { readonly type: 'finished'; readonly sessions: readonly string[]; readonly timers: number };

export interface EnqueueCalled {
  readonly type: 'enqueue-called';
  readonly entry: number;
  readonly key: string;
  /** The turn that called, if one did. */
  readonly by?: number;
  readonly priority: number;
  readonly timeoutMs?: number;
  readonly ttlMs?: number;
  /** The number of the signal it was given. */
  readonly signal?: number;
}

export interface TurnStarted {
  readonly type: 'started';
  readonly entry: number;
  readonly key: string;
  readonly epoch: number;
  readonly attempt: number;
  /** The entry in whose `enqueue` context the task runs; it must be its own. */
  readonly context: number | undefined;
  /** Whether the task reads its signal. */
  readonly listens: boolean;
}

export interface Probed {
  readonly type: 'probed';
  /** Without a key: of all sessions. */
  readonly key?: string;
  readonly pending: number;
}

/** How a task or a promise ended. The texts name the entry, so a mixed-up result shows. */
export type Result =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly reason: string; readonly code?: QueueErrorCode };

/** One event on a line of its own, for a failing program. */
export function showEvent(event: { readonly type: string; readonly atMs: number }, index: number): string {
  const { type, atMs, ...rest } = event;
  const details = Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `${String(index).padStart(4)} ${String(atMs).padStart(6)} ms  ${type} ${details.join(' ')}`.trimEnd();
}
