/** Takes everything a session has in one step: what waits leaves, what runs is aborted. */
import type { Entry } from './entry.ts';
import { disband, returnTaken } from './members.ts';
import type { QueueError } from './queue-error.ts';
import type { Session } from './session.ts';

/**
 * Each entry gets an error of its own from `errorFor`. Gives back what has not run, in order.
 * Aborting a turn runs code of its task, so it comes last: what that enqueues is not touched.
 */
export function withdraw(session: Session, errorFor: (entry: Entry) => QueueError): Entry[] {
  const { turns, turn } = session;
  // What was to start together goes first, in its order; in the line it may stand between others.
  const unstarted = new Set(turn?.state === 'granted' ? (turn.extras?.inputs ?? [turn]) : []);
  if (turn?.state === 'granted') disband(turn);
  // What the turn has taken would wait again when it has ended, and run.
  else if (turn !== undefined && turn.state !== 'committing') returnTaken(turn);
  for (let entry = session.first; entry !== undefined; entry = entry.next) unstarted.add(entry);
  // A close that waits for the last turn must not take what is being taken here.
  turns.inOneStep(() => {
    for (const entry of unstarted) if (entry !== turn) turns.drop(entry, errorFor(entry));
    // Last, when nobody is left to whom its lane could go.
    if (turn?.state === 'granted') turns.drop(turn, errorFor(turn));
  });
  if (turn !== undefined && !unstarted.has(turn)) turns.abort(turn, errorFor(turn));
  return [...unstarted];
}
