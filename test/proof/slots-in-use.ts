/** Who holds a slot at a moment, and since when a turn could have started; read from a history. */
import { holds } from './entry-lives.ts';
import type { Life, Moment } from './entry-lives.ts';
import { isPaused } from './rule.ts';
import type { Await, Reading } from './rule.ts';

/** The turns that hold a lane and have not lent their slot. An aborted turn holds both until it has ended. */
export function slotHolders(reading: Reading, moment: Moment, index: number): Life[] {
  return reading.lives.filter((life) => holds(life, moment, index) && !hasLent(reading, life, index));
}

/**
 * The first moment at which lane and slot were free for a waiting entry, so that it could be chosen;
 * `until` where there was none before. Its task may be called a few microtasks later.
 */
export function couldBeChosenFrom(reading: Reading, { key, calledAt }: Life, until: number): number {
  const before = reading.lives.filter((other) => other.key === key && other.startedAt < until);
  const slots = reading.history.options.concurrency ?? Infinity;
  let index = Math.max(calledAt, ...before.map(({ freedFrom }) => freedFrom));
  while (
    index < until &&
    (isPaused(reading.events, key, index) || slotHolders(reading, 'surely', index).length >= slots)
  ) {
    index += 1;
  }
  return Math.min(index, until);
}

/** The last `resume` of the session or of the queue before a moment; -1 when there was none. */
export function lastResume({ events }: Reading, key: string, index: number): number {
  return events.findLastIndex(
    (event, at) => at < index && event.type === 'resumed' && (event.key === undefined || event.key === key),
  );
}

/** A turn that awaits another session's entry lends its slot until that entry is over. */
function hasLent(reading: Reading, life: Life, index: number): boolean {
  return reading.awaits.some(
    (wait) => wait.by === life.entry && index > wait.beganAt && index < slotIsBackAt(reading, wait),
  );
}

// The slot comes back from the entry that was awaited, in the moment in which its task ends. Where
// two turns await one entry the second goes on without, so for those it is back when they go on.
function slotIsBackAt({ awaits, lifeOf }: Reading, { by, on, beganAt, wentOnAt, gaveUp }: Await): number {
  const isShared = awaits.some((other) => other.on === on && other.by !== by);
  const { endedAt, settledAt } = lifeOf(on);
  if (gaveUp) return Math.min(endedAt, settledAt);
  return isShared || endedAt < beganAt ? wentOnAt : Math.min(wentOnAt, endedAt);
}
