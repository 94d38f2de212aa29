/**
 * Who waits for whom: which turns await which entries. An await that would close a ring is refused,
 * since it could never end.
 *
 * An entry waits for the turn that holds its session's lane; a turn waits for the entries that its
 * code awaits. Only an await adds to this, and a turn that starts awaits nothing yet; so whoever
 * closes a ring is an await, and looking for one at each await finds them all.
 */
import type { Entry } from './entry.ts';
import { QueueError, quoteKey } from './queue-error.ts';

/** Notes that the code of `turn` awaits `entry`. Gives the error instead when that closes a ring. */
export function noteAwait(turn: Entry, entry: Entry): QueueError | undefined {
  if (isSettled(entry)) return undefined;
  const ring = findWay(entry, turn, new Set());
  if (ring !== undefined) return ringError([turn, ...ring]);
  (turn.more().awaited ??= new Set()).add(entry);
  (entry.more().awaiters ??= new Set()).add(turn);
  // Only a slot of the same queue can be what the entry waits for.
  if (turn.session.turns === entry.session.turns) turn.session.turns.lanes.lendSlot(turn);
  return undefined;
}

/** The entry's caller is told: nobody awaits it any more. */
export function endAwaiters(entry: Entry): void {
  for (const turn of entry.extras?.awaiters ?? []) {
    const awaited = turn.extras?.awaited;
    awaited?.delete(entry);
    // A turn that waits for an answer as well gets its slot when that has come.
    if (awaited?.size === 0 && turn.extras?.receiver?.isOpen !== true) turn.session.turns.lanes.takeBackSlot(turn);
  }
  entry.extras?.awaiters?.clear();
}

/** The turn's lane is given up: whatever its code still awaits is nobody's concern any more. */
export function endAwaiting(turn: Entry): void {
  for (const entry of turn.extras?.awaited ?? []) entry.extras?.awaiters?.delete(turn);
  turn.extras?.awaited?.clear();
}

function isSettled(entry: Entry): boolean {
  const { state } = entry;
  return state !== 'delayed' && state !== 'waiting' && state !== 'granted' && state !== 'running' && state !== 'joined';
}

/** The turns that stand between `entry` and its start or end, up to `turn`; undefined when they don't lead there. */
function findWay(entry: Entry, turn: Entry, seen: Set<Entry>): Entry[] | undefined {
  const { session } = entry;
  // One that is delayed stands in no line yet, and will stand in that of its key.
  const { turn: holder } =
    entry.state === 'delayed' ? (session.turns.lanes.sessions.get(session.key) ?? session) : session;
  if (holder === undefined || seen.has(holder)) return undefined;
  if (holder === turn) return [holder];
  seen.add(holder);
  for (const awaited of holder.extras?.awaited ?? []) {
    const way = findWay(awaited, turn, seen);
    if (way !== undefined) return [holder, ...way];
  }
  return undefined;
}

function ringError(ring: readonly Entry[]): QueueError {
  const keys = ring.map((entry) => quoteKey(entry.session.key));
  return new QueueError(
    'deadlock',
    `Deadlock: ${keys.join(' waits for ')}, so this await could never end. Enqueue without awaiting, ` +
      'do the work inside the turn itself, or await it outside of the turn.',
  );
}
