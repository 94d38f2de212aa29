/** What is stored of an entry, and how it reads. */
import type { StoredError } from '../../core/store.ts';
import type { Ended, StoredEntry, StoredOptions } from '../journal.ts';

/** Written once, when the entry is enqueued. `head` comes first: the scripts look for it there. */
export interface EntryRecord {
  /** Its head start, in µs. */
  readonly head: number;
  /** The process whose ticket is to be told. */
  readonly from: string;
  readonly enqueuedMs: number;
  readonly delayMs: number;
  readonly options: StoredOptions;
  /** As its codec wrote it. */
  readonly message: string;
}

/** What changes while it lives. */
export interface EntryState {
  readonly starts: number;
  readonly failures: number;
  /** Nothing of its session starts before, by the server's clock. */
  readonly heldUntilMs: number;
}

/** How an entry ended, as it is stored and told. */
export type BullmqEnding =
  | Ended['ending']
  | { readonly type: 'dropped'; readonly code: string; readonly message: string };

/** A dead letter, as it is stored. */
export interface DeadRecord {
  readonly type: 'failed';
  readonly error: StoredError;
  readonly place: number;
  readonly failedMs: number;
  readonly starts: number;
  readonly record: EntryRecord;
}

/** One line of what a script reads from a line. */
export interface ReadEntry {
  readonly id: string;
  readonly place: number;
  readonly record: EntryRecord;
  readonly state: EntryState;
}

// These are written by this library, and by nobody else.
/* oxlint-disable typescript/no-unsafe-type-assertion */

export function readRecord(text: string): EntryRecord {
  const record = JSON.parse(text) as EntryRecord;
  const options = Object.entries(record.options as Record<string, unknown>);
  return { ...record, options: Object.fromEntries(options.map(([name, value]) => [name, value ?? Infinity])) };
}

export function readEnding(text: string): BullmqEnding {
  return JSON.parse(text) as BullmqEnding;
}

export function readDead(text: string): DeadRecord {
  return JSON.parse(text) as DeadRecord;
}

export function readText(json: string): string {
  return JSON.parse(json) as string;
}

/** Of `id, place, record, state` in turn. */
export function readEntries(flat: unknown): readonly ReadEntry[] {
  const texts = flat as readonly string[];
  const entries: ReadEntry[] = [];
  for (let at = 0; at + 3 < texts.length; at += 4) {
    const [id = '', place = '0', record = '', state = ''] = texts.slice(at, at + 4);
    // One without a record is damaged by hand; nothing can run of it.
    if (record === '') continue;
    entries.push({ id: readText(id), place: Number(place), record: readRecord(record), state: readState(state) });
  }
  return entries;
}

/** What a script gives: texts, numbers and lists. */
export function asList(answer: unknown): readonly unknown[] {
  return answer as readonly unknown[];
}

/* oxlint-enable typescript/no-unsafe-type-assertion */

export function readState(text: string): EntryState {
  const [starts = 0, failures = 0, heldUntilMs = 0] = text === '' ? [] : text.split(' ').map(Number);
  return { starts, failures, heldUntilMs };
}

export function writeState({ starts, failures, heldUntilMs }: EntryState): string {
  return `${starts} ${failures} ${heldUntilMs}`;
}

/** A head start in µs, within what a place can hold. */
export function headOf(prioritySeconds: number): number {
  return Math.min(Math.max(Math.round(prioritySeconds * 1_000_000), -mostHead), mostHead);
}

const mostHead = 2 ** 52;

/** The entry as its turn needs it. Its number is its arrival, which no other entry has. */
export function storedEntry(key: string, { id, place, record, state }: ReadEntry): StoredEntry {
  return {
    number: place + record.head,
    key,
    id,
    message: record.message,
    enqueuedMs: record.enqueuedMs,
    dueMs: undefined,
    attempt: state.starts,
    failures: state.failures,
    options: record.options,
  };
}
