/**
 * What a proof of a queue of messages looks at: its history, as plain events in one total order.
 * Nothing in it refers to the queue, so that `check(history)` is a pure function.
 */
import type { QueueErrorCode } from '#src/index.ts';
import type { Probed, Result } from '../history.ts';
import type { PolicyPlan } from './policy-plans.ts';
import type { QueueSettings } from './programs.ts';

export interface MessageHistory {
  readonly settings: QueueSettings;
  readonly policy: PolicyPlan;
  readonly events: readonly MessageEvent[];
}

export type MessageEvent = MessageEventBody & { readonly atMs: number };

/** Entries are numbered in the order of their `enqueue` calls, and turns in that of their starts, from 1. */
export type MessageEventBody =
  | MessageCalled
  | MessageReturned
  | { readonly type: 'accepted'; readonly entry: number; readonly code?: QueueErrorCode; readonly isRefused: boolean }
  /** The ticket itself, as a promise. */
  | { readonly type: 'settled'; readonly entry: number; readonly result: Result }
  /** What its `outcome` resolved with. */
  | { readonly type: 'outcome'; readonly entry: number; readonly outcome: ToldOutcome }
  /** `onDrop` was called. */
  | { readonly type: 'drop-told'; readonly entry: number; readonly code: QueueErrorCode }
  | HandlerStarted
  | { readonly type: 'took'; readonly turn: number; readonly entries: readonly number[] }
  | { readonly type: 'acknowledged'; readonly turn: number }
  | { readonly type: 'receive-called'; readonly turn: number; readonly timeoutMs: number }
  /** Without an entry: nobody answered. With a reason: it was refused or aborted. */
  | { readonly type: 'receive-ended'; readonly turn: number; readonly entry?: number; readonly reason?: string }
  | { readonly type: 'progressed'; readonly turn: number }
  /** The turn's own signal aborted, which is told in the moment of the abort. */
  | { readonly type: 'turn-aborted'; readonly turn: number }
  | { readonly type: 'ended'; readonly turn: number; readonly result: Result }
  /** A stage of the policy gave or threw what can't be carried out. */
  | { readonly type: 'policy-faulted'; readonly key: string }
  /** A listener was told of it. */
  | { readonly type: 'policy-failed-told'; readonly key: string; readonly policy: string }
  | { readonly type: 'user-code'; readonly what: string }
  | { readonly type: 'signal-aborting' | 'signal-aborted'; readonly signal: number }
  | { readonly type: 'ticket-cancelling'; readonly entry: number }
  | { readonly type: 'ticket-cancelled'; readonly entry: number; readonly did: boolean }
  | { readonly type: 'cancel-called'; readonly key: string }
  | { readonly type: 'cancel-returned'; readonly key: string; readonly entries: readonly number[] }
  | { readonly type: 'paused' | 'resumed'; readonly key?: string }
  | { readonly type: 'stopped' }
  /** Calls are numbered from 1. */
  | { readonly type: 'drained-called' | 'drained-resolved'; readonly call: number }
  | { readonly type: 'close-called'; readonly drainMs: number }
  | { readonly type: 'close-resolved'; readonly unstarted: readonly number[] }
  | { readonly type: 'clock-moving' | 'clock-moved' }
  | Probed
  | { readonly type: 'quiet'; readonly sessions: readonly string[] }
  | { readonly type: 'finished'; readonly sessions: readonly string[]; readonly timers: number };

export interface MessageCalled {
  readonly type: 'enqueue-called';
  readonly entry: number;
  readonly key: string;
  /** The turn whose handler called, if one did. */
  readonly by?: number;
  readonly sender: string;
  readonly id?: string;
  readonly priority: number;
  readonly timeoutMs?: number;
  readonly ttlMs?: number;
  readonly signal?: number;
}

export interface MessageReturned {
  readonly type: 'enqueue-returned';
  readonly entry: number;
  /** The first entry that got this very ticket: itself, unless its id was known. */
  readonly ticketOf: number;
  readonly id: string;
  /** Whether `pending()` grew, which it does at once where something is enqueued. */
  readonly isTaken: boolean;
}

export interface HandlerStarted {
  readonly type: 'started';
  readonly turn: number;
  readonly key: string;
  readonly id: string;
  readonly epoch: number;
  readonly inputs: readonly number[];
  /** The entry of `turn.input`. */
  readonly carrier: number;
  /** The entry in whose `enqueue` context the handler runs. */
  readonly context: number | undefined;
}

export interface ToldOutcome {
  readonly type: 'done' | 'failed' | 'merged' | 'dropped';
  /** What the turn gave or threw. */
  readonly text?: string;
  readonly code?: QueueErrorCode;
  readonly into?: string;
}
