/** An entry that is stored. */
import { EntryExtras } from '../core/entry.ts';
import { MessageEntry } from '../core/message-entry.ts';
import type { QueueError } from '../core/queue-error.ts';
import type { Pass } from '../core/passes.ts';
import type { Session } from '../core/session.ts';
import type { Task } from '../core/session-queue.ts';
import type { StoredEntry } from './journal.ts';

export class DurableEntry extends MessageEntry {
  readonly stored: StoredEntry;
  /** How often a turn has started with it, in all lives. */
  starts: number;
  /** How many of those have failed. */
  failures: number;
  /** Whether its turn was aborted to be run again. */
  willRunAgain = false;
  /** Whether its end is written already. */
  hasEnded = false;
  /** Whether that is committed. */
  isEndStored = false;
  /** Why it could not be stored. */
  refusal: QueueError | undefined;
  /** Settles as its turn does, or the turn of its last attempt. */
  result: Promise<unknown> | undefined;
  /** Its place in line among the numbers; greater than its own when it was delayed. */
  place: number;
  /** When it took its place in line; `since` changes when its turn starts. */
  #arrived: Pass;

  /** @param message what `stored` says, decoded */
  constructor(
    session: Session,
    task: Task<unknown>,
    since: Pass,
    extras: EntryExtras | undefined,
    message: unknown,
    stored: StoredEntry,
  ) {
    super(session, task, since, extras, message, stored.id, stored.number);
    this.stored = stored;
    this.place = stored.number;
    this.starts = stored.attempt;
    this.failures = stored.failures;
    this.#arrived = since;
  }

  override get attempt(): number {
    return this.starts;
  }

  override get arrival(): number {
    return this.place;
  }

  /** What has begun keeps its place at the head, whatever comes with a head start. */
  override rank(): number {
    return this.failures > 0 ? -Infinity : super.rank();
  }

  /** It has been delayed, and takes its place in line now. */
  arrive(session: Session, place: number, since: Pass): void {
    this.session = session;
    this.place = place;
    this.since = since;
    this.#arrived = since;
  }

  /** The same entry for its next attempt. It has been in time once, so that it can't expire any more. */
  again(task: Task<unknown>): DurableEntry {
    const { extras } = this;
    let next: EntryExtras | undefined;
    if (extras !== undefined) {
      next = new EntryExtras();
      next.priority = extras.priority;
      next.signal = extras.signal;
      next.timeoutMs = extras.timeoutMs;
    }
    const entry = this.copy(task, this.#arrived, next);
    entry.starts = this.starts;
    entry.failures = this.failures;
    entry.place = this.place;
    entry.ticket = this.ticket;
    // It follows the next attempt.
    entry.result = this.result;
    return entry;
  }

  protected copy(task: Task<unknown>, since: Pass, extras: EntryExtras | undefined): DurableEntry {
    return new DurableEntry(this.session, task, since, extras, this.message, this.stored);
  }
}
