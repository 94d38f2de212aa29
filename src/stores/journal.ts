/**
 * What a store of one process is to the queue: a journal, to which it writes what happens to its entries, many lines in one
 * commit. The queue itself decides who runs when; it reads the journal when it starts.
 */
import type { StoredError } from '../core/store.ts';

export interface Journal {
  /** Names it in errors. */
  readonly name: string;
  /** Whether a commit costs so much that it waits for everything else that happens in the same pass of the event loop. */
  readonly isSlow: boolean;
  /** Greater than every number, and every epoch, that an earlier life has used. */
  readonly lastNumber: number;
  readonly lastEpoch: number;
  /** What has not ended, in the order of its places. Read once, before anything is written. */
  load(): Iterable<StoredEntry>;
  /** Writes all lines or none, in order, and returns when they would survive a power cut. @throws NotCommitted */
  commit(lines: readonly Line[]): void;
  /** How an entry ended, if that is still known. A dead letter has failed. */
  findEnded(key: string, id: string): Ended | undefined;
  /** Dead letters, by number; of one session, or all. */
  deadLetters(key: string | undefined): readonly StoredDeadLetter[];
  close(): void;
}

/** One entry as it is stored. Times are those of the wall clock, in ms. */
export interface StoredEntry {
  /** Its arrival, and its name in the journal. */
  readonly number: number;
  readonly key: string;
  readonly id: string;
  /** As its codec wrote it. */
  readonly message: string;
  readonly enqueuedMs: number;
  /** Until then it is not in line. */
  readonly dueMs: number | undefined;
  /** How often a turn has started with it. */
  readonly attempt: number;
  /** How many of those have failed. */
  readonly failures: number;
  readonly options: StoredOptions;
}

export interface StoredOptions {
  readonly priority?: number;
  readonly ttlMs?: number;
  readonly timeoutMs?: number;
  readonly attempts?: number;
}

/** How an entry ended. What was dropped is forgotten instead. */
export type Ending =
  | { readonly type: 'done'; readonly value: string }
  | { readonly type: 'failed'; readonly error: StoredError }
  | { readonly type: 'merged'; readonly into: string };

export interface Ended {
  readonly ending: Ending;
  readonly endedMs: number;
}

export interface StoredDeadLetter extends StoredEntry {
  readonly error: StoredError;
  readonly failedMs: number;
}

/** One thing that happened to the entry with that number. */
export type Line =
  | { readonly type: 'append'; readonly number: number; readonly entry: StoredEntry }
  /** A turn has started with it. */
  | { readonly type: 'start'; readonly number: number; readonly attempt: number }
  /** It waits for its next attempt, at its place. */
  | { readonly type: 'again'; readonly number: number; readonly failures: number }
  /** Its time has come: it takes a place among the numbers, as if it had arrived now. */
  | { readonly type: 'due'; readonly number: number; readonly place: number }
  /** `entry` is what was stored of it, so that nobody has to look it up. */
  | {
      readonly type: 'end';
      readonly number: number;
      readonly entry: StoredEntry;
      readonly ending: Ending;
      readonly endedMs: number;
    }
  | { readonly type: 'forget'; readonly number: number }
  | { readonly type: 'bury'; readonly number: number; readonly error: StoredError; readonly failedMs: number }
  /** A dead letter waits again, at its old place. */
  | { readonly type: 'revive'; readonly number: number }
  | { readonly type: 'discard'; readonly number: number };

/** A commit failed. The lines are as they were before, unless `isCertain` is false: then nobody knows. */
export class NotCommitted extends Error {
  readonly isCertain: boolean;

  constructor(message: string, isCertain: boolean, options?: ErrorOptions) {
    super(message, options);
    this.isCertain = isCertain;
  }

  static {
    this.prototype.name = 'NotCommitted';
  }
}
