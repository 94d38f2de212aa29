/** Puts an entry whose turn has failed back into its line, with those that shared the turn, each at its place. */
import type { Entry } from '../core/entry.ts';
import { returnMembers } from '../core/members.ts';
import type { Task } from '../core/session-queue.ts';
import { watchWaiting } from '../core/watch.ts';
import type { DurableEntry } from './durable-entry.ts';

/**
 * Gives the entry of the next attempt. Whoever holds the promise of the last one gets what comes of it. The turn still has its
 * lane; nobody but its entry may be in it.
 */
export function runAgain(entry: DurableEntry, task: Task<unknown>): DurableEntry {
  const { turns } = entry.session;
  const next = entry.again(task);
  const result = turns.waitFor(next, Promise);
  entry.resolve?.(result);
  entry.resolve = undefined;
  entry.reject = undefined;
  follow(entry, next);
  returnMembers(entry, next);
  watchWaiting(turns, next);
  return next;
}

/** Who awaits the entry, awaits the next attempt. */
function follow(entry: Entry, next: DurableEntry): void {
  const { ticket } = next;
  if (ticket !== undefined) ticket.entry = next;
  const awaiters = entry.extras?.awaiters;
  if (awaiters === undefined || awaiters.size === 0) return;
  next.more().awaiters = new Set(awaiters);
  for (const turn of awaiters) {
    turn.extras?.awaited?.delete(entry);
    turn.extras?.awaited?.add(next);
  }
  awaiters.clear();
}
