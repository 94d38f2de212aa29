/** Takes everything a session has in one step: what waits leaves, what runs is aborted. */
import type { Entry } from './entry.ts';
import type { QueueError } from './queue-error.ts';
import type { Session } from './session.ts';
import type { Unstarted } from './session-queue.ts';

/**
 * Each entry gets an error of its own from `errorFor`. Gives back what has not run, in order.
 * Aborting a turn runs code of its task, so it comes last: what that enqueues is not touched.
 */
export function withdraw(session: Session, errorFor: (entry: Entry) => QueueError): Unstarted[] {
  const { turns, turn } = session;
  const unstarted: Entry[] = [];
  for (let entry = session.first; entry !== undefined; entry = entry.next) unstarted.push(entry);
  for (const entry of unstarted) turns.drop(entry, errorFor(entry));
  if (turn?.state === 'granted') {
    unstarted.unshift(turn);
    turns.drop(turn, errorFor(turn));
  } else if (turn !== undefined) {
    turns.abort(turn, errorFor(turn));
  }
  return unstarted.map((entry) => ({ key: session.key, id: entry.id, task: entry.task }));
}
