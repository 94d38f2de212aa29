/** What happens in a queue, as a listener sees it. */
import type { QueueErrorCode } from './queue-error.ts';

/**
 * One thing that happened. `atMs` is the wall clock (`Date.now()`); `id` is the entry's.
 *
 * An entry that was taken has one `enqueued` and exactly one `settled`; between them, if it ran,
 * one `started`, or one for each attempt. A turn has one `ended` when its task has really ended, which for a turn that was
 * aborted comes after its `settled`, or never.
 */
export type QueueEvent =
  | EntryEvent<'enqueued'>
  /** An `enqueue` that was not taken. There is no entry, so no id. */
  | (Happened<'refused'> & { readonly key: string; readonly code: QueueErrorCode })
  | (EntryEvent<'started'> & { readonly epoch: number; readonly waitedMs: number })
  /** The turn's signal aborted; its lane stays closed until `ended` or `released`. */
  | (EntryEvent<'aborted'> & { readonly epoch: number; readonly code: QueueErrorCode })
  /** The turn still runs 1,000 ms after it was aborted, and holds its lane. Told once. */
  | (EntryEvent<'stuck'> & { readonly epoch: number; readonly ranMs: number })
  /** The lane was taken from an aborted turn after `graceMs`. */
  | (EntryEvent<'released'> & { readonly epoch: number; readonly ranMs: number })
  | (EntryEvent<'ended'> & { readonly epoch: number; readonly ranMs: number })
  /** The turn has failed, and its entry waits for the next attempt, at least `delayMs`. Only with a store. */
  | (EntryEvent<'retrying'> & { readonly epoch: number; readonly error: unknown; readonly delayMs: number })
  /**
   * The caller was told how the entry ended. `code` is there unless the task's own result decided;
   * `into` is the id of the entry whose turn has dealt with a merged one.
   */
  | (EntryEvent<'settled'> & { readonly outcome: Outcome; readonly code?: QueueErrorCode; readonly into?: string })
  /** A policy threw, or its plan can't be carried out. The session goes on first in, first out until it is idle. */
  | (Happened<'policy-failed'> & { readonly key: string; readonly policy: string; readonly error: Error })
  | (Happened<'paused' | 'resumed'> & { readonly key?: string })
  | Happened<'stopped'>
  /** Nothing waits or runs any more. */
  | Happened<'drained'>;

/** How an entry ended: `dropped` means that it never ran, `merged` that another's turn has dealt with it. */
export type Outcome = 'done' | 'failed' | 'merged' | 'dropped';

interface Happened<Type extends string> {
  readonly type: Type;
  readonly atMs: number;
}

interface EntryEvent<Type extends string> extends Happened<Type> {
  readonly key: string;
  readonly id: string;
}
