/** What awaiting inside a turn promises: rings are refused and never suffered, everything else works. */
import { holds } from '../entry-lives.ts';
import type { Moment } from '../entry-lives.ts';
import type { Await, Finding, Reading, Rule } from '../rule.ts';

export const awaitRules: readonly Rule[] = [
  { name: 'a ring is refused', find: findSufferedRings },
  { name: 'no false alarm', find: findFalseAlarms },
  { name: 'who awaits is told the same', find: findOtherResults },
];

/** At a quiet point nobody awaits, over any number of sessions, what can't start before he has ended. */
function* findSufferedRings(reading: Reading): Iterable<Finding> {
  for (const at of reading.quietPoints) {
    const ring = openAwaits(reading, 'surely', at).find((wait) => closesRing(reading, wait, 'surely', at));
    if (ring !== undefined) yield { at, message: `entry ${ring.by} awaits ${ring.on} in a ring` };
  }
}

/** A deadlock is told only where there was a ring at some moment since the await began. */
function* findFalseAlarms(reading: Reading): Iterable<Finding> {
  for (const [at, event] of reading.events.entries()) {
    if (event.type !== 'settled' && event.type !== 'await-ended') continue;
    if (event.result === undefined || event.result.ok || event.result.code !== 'deadlock') continue;
    const on = event.type === 'settled' ? event.entry : event.on;
    const awaits = reading.awaits.filter((wait) => wait.on === on && wait.beganAt < at);
    if (awaits.some((wait) => wasRing(reading, wait, at))) continue;
    yield { at, message: `awaiting entry ${on} was refused though there was no ring` };
  }
}

/** What an await gives is what the entry's own promise gave, unless the await was refused. */
function* findOtherResults({ events, lifeOf }: Reading): Iterable<Finding> {
  for (const [at, event] of events.entries()) {
    if (event.type !== 'await-ended') continue;
    const { result } = event;
    if (result === undefined || (!result.ok && result.code === 'deadlock')) continue;
    const [got, told] = [JSON.stringify(result), JSON.stringify(lifeOf(event.on).settleResult)];
    if (got !== told) {
      yield { at, message: `entry ${event.entry} got ${got} from its await instead of ${told}` };
    }
  }
}

/** A queue can't see that a turn gave an await up, so to it that may go on until the entry is over. */
function openAwaits({ awaits }: Reading, moment: Moment, index: number): Await[] {
  return awaits.filter(
    ({ beganAt, wentOnAt, gaveUp }) => beganAt < index && (wentOnAt >= index || (gaveUp && moment === 'maybe')),
  );
}

function wasRing(reading: Reading, wait: Await, until: number): boolean {
  for (let index = wait.beganAt + 1; index <= until; index += 1) {
    if (closesRing(reading, wait, 'maybe', index)) return true;
  }
  return false;
}

/**
 * Whether an await leads back to the turn that awaits. The way: from the awaited entry to the turn
 * that holds its session's lane, and from that turn to what it awaits in turn.
 */
function closesRing(reading: Reading, start: Await, moment: Moment, index: number): boolean {
  const starter = reading.lifeOf(start.by);
  if (!holds(starter, moment, index)) return false;
  const seen = new Set<number>();
  const next = [start.on];
  for (let on = next.pop(); on !== undefined; on = next.pop()) {
    const awaited = reading.lifeOf(on);
    if (seen.has(on) || awaited.settledAt < index) continue;
    seen.add(on);
    const holders = reading.lives.filter((life) => life.key === awaited.key && holds(life, moment, index));
    if (holders.includes(starter)) return true;
    const holderEntries = holders.map(({ entry }) => entry);
    next.push(
      ...openAwaits(reading, moment, index).flatMap((wait) => (holderEntries.includes(wait.by) ? [wait.on] : [])),
    );
  }
  return false;
}
