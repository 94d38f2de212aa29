/** What can be read of what is stored, whoever runs the queue meanwhile. */
import type { StoredDeadLetter, StoredEntry } from './journal.ts';

/** Reading changes nothing. */
export interface StoreReader {
  /** Those whose first entry waits longest come first. */
  sessions(): Rows<SessionRow>;
  /** What waits of a session, in the order of its line; then what is delayed. */
  entries(key: string): Rows<StoredEntry>;
  /** In the order in which they were enqueued. */
  deadLetters(key: string): Rows<StoredDeadLetter>;
  close(): void;
}

/** Read as they are asked for. */
type Rows<Row> = Iterable<Row> | AsyncIterable<Row>;

/** A session that has something stored. */
export interface SessionRow {
  readonly key: string;
  /** In its line, or running. */
  readonly waiting: number;
  /** When the oldest of those was enqueued. */
  readonly oldestMs: number | undefined;
  readonly delayed: number;
  /** When the next of those takes its place in line. */
  readonly nextMs: number | undefined;
  readonly deadLetters: number;
}
