/** An entry of a session that this process has. */
import type { EntryExtras } from '../../core/entry.ts';
import type { Pass } from '../../core/passes.ts';
import type { Session } from '../../core/session.ts';
import type { Task } from '../../core/session-queue.ts';
import { DurableEntry } from '../durable-entry.ts';
import type { StoredEntry } from '../journal.ts';
import type { Lease } from './lease.ts';
import type { EntryRecord } from './records.ts';

export class LeasedEntry extends DurableEntry implements Leased {
  readonly lease: Lease;
  override readonly place: number;
  readonly record: EntryRecord;
  readonly unreadable: Task<never> | undefined;
  /** Shared by all its attempts. */
  #attempts: { latest: LeasedEntry } = { latest: this };

  constructor(
    session: Session,
    task: Task<unknown>,
    since: Pass,
    extras: EntryExtras | undefined,
    message: unknown,
    stored: StoredEntry,
    leased: Leased,
  ) {
    super(session, leased.unreadable ?? task, since, extras, message, stored);
    this.unreadable = leased.unreadable;
    this.lease = leased.lease;
    this.place = leased.place;
    this.record = leased.record;
  }

  /** Its last attempt so far. */
  get latest(): LeasedEntry {
    return this.#attempts.latest;
  }

  override rank(): number {
    return this.place;
  }

  protected override copy(task: Task<unknown>, since: Pass, extras: EntryExtras | undefined): LeasedEntry {
    const { session, message, stored, lease, place, record, unreadable } = this;
    const next = new LeasedEntry(session, task, since, extras, message, stored, {
      lease,
      place,
      record,
      unreadable,
    });
    next.#attempts = this.#attempts;
    next.#attempts.latest = next;
    return next;
  }
}

/** How this process came to have the entry. */
export interface Leased {
  readonly lease: Lease;
  /** In its line in Redis, and so in this process. */
  readonly place: number;
  readonly record: EntryRecord;
  /** Runs instead where its message can't be read. */
  readonly unreadable: Task<never> | undefined;
}
