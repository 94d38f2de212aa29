/** Where stored entries have their places in line, in a later life or when they come back. */
import type { Clock } from '../core/clock.ts';
import { QueueError, quoteKey } from '../core/queue-error.ts';
import type { Session } from '../core/session.ts';
import type { StoredEntry } from './journal.ts';

/**
 * Those that were in line, in the order of their places, then those that were delayed, in the order in which their times come:
 * they arrive at that time, whether somebody had the store open or not.
 */
export function inOrderOfArrival(entries: Iterable<StoredEntry>): readonly StoredEntry[] {
  return [...entries].sort((one, other) => (one.dueMs ?? 0) - (other.dueMs ?? 0));
}

/** Since when the entry has been there, by the clock that never goes back. */
export function sinceOf({ enqueuedMs }: StoredEntry, clock: Clock): number {
  return clock.now() - Math.max(clock.wall() - enqueuedMs, 0);
}

/** The same for one that comes back to those that wait: the wall clock is too coarse to tell its place among them. */
export function sinceAmong(stored: StoredEntry, session: Session | undefined, clock: Clock): number {
  let sinceMs = sinceOf(stored, clock);
  for (let entry = session?.first; entry !== undefined; entry = entry.next) {
    const { startedMs } = entry.since;
    sinceMs = entry.arrival > stored.number ? Math.min(sinceMs, startedMs) : Math.max(sinceMs, startedMs);
  }
  return sinceMs;
}

/** Whether its time to live was over before anybody could look. */
export function hasExpired({ enqueuedMs, options: { ttlMs = Infinity } }: StoredEntry, clock: Clock): boolean {
  return enqueuedMs + ttlMs <= clock.wall();
}

export function expiredError({ key, id }: StoredEntry): QueueError {
  const what = `the entry ${quoteKey(id)} waited longer than its ttlMs before the store was opened again`;
  return new QueueError('expired', `Session ${quoteKey(key)}: ${what}.`);
}
