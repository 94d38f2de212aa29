/** What all sessions together promise: as many turns as slots and no idle slot, sessions in turn, nobody overtaken. */
import { holds, waits } from '../entry-lives.ts';
import type { Life } from '../entry-lives.ts';
import { isPaused } from '../rule.ts';
import type { Finding, Reading, Rule } from '../rule.ts';
import { lastResume, slotHolders } from '../slots-in-use.ts';

export const slotRules: readonly Rule[] = [
  { name: 'no more turns than slots', find: findTooMany },
  { name: 'works while there is work', find: findIdleSlots },
  { name: 'sessions take turns', find: findUnfairTurns },
  { name: 'a newcomer overtakes nobody', find: findOvertaking },
];

/**
 * A turn starts only where a slot is free. More turns than slots can go on at once, for one that
 * lent its slot goes on when what it awaited is over, but then none starts.
 */
function* findTooMany(reading: Reading): Iterable<Finding> {
  const slots = slotsOf(reading);
  for (const { entry, startedAt: at } of started(reading)) {
    const others = slotHolders(reading, 'surely', at).filter((other) => other.entry !== entry);
    if (others.length < slots) continue;
    yield { at, message: `entry ${entry} started beside entries ${others.map((life) => life.entry).join()}` };
  }
}

/** At a quiet point no slot is free while a session may start: then nobody would ever wake it. */
function* findIdleSlots(reading: Reading): Iterable<Finding> {
  const { events, lives, quietPoints } = reading;
  for (const at of quietPoints) {
    const busy = new Set(lives.filter((life) => holds(life, 'maybe', at)).map(({ key }) => key));
    const ready = lives.find(
      (life) => waits(life, 'surely', at) && !busy.has(life.key) && !isPaused(events, life.key, at),
    );
    if (ready === undefined || slotHolders(reading, 'maybe', at).length >= slotsOf(reading)) continue;
    yield { at, message: `entry ${ready.entry} waits though nothing keeps it from starting` };
  }
}

/**
 * While a session is ready and waits for a slot, every other session starts at most one turn: so with
 * N slots and K ready sessions it waits for at most ceil(K / N) of them, however long their lines are.
 */
function* findUnfairTurns(reading: Reading): Iterable<Finding> {
  if (slotsOf(reading) === Infinity) return;
  for (const life of started(reading)) {
    const readyAt = surelyReadyAt(reading, life);
    const turns = new Map<string, number>();
    for (const other of started(reading)) {
      if (other.startedAt <= readyAt || other.startedAt >= life.startedAt) continue;
      turns.set(other.key, (turns.get(other.key) ?? 0) + 1);
    }
    const [greedy] = [...turns].find(([, count]) => count > 1) ?? [];
    if (greedy === undefined) continue;
    const message = `entry ${life.entry} was ready and waited for several turns of ${JSON.stringify(greedy)}`;
    yield { at: life.startedAt, message };
  }
}

/**
 * Of two sessions that wait for a slot, the one that became ready first gets one no later than the
 * other. Where a slot is left, both have one, and which task is called first means nothing.
 */
function* findOvertaking(reading: Reading): Iterable<Finding> {
  const slots = slotsOf(reading);
  if (slots === Infinity) return;
  for (const life of started(reading)) {
    const readyAt = surelyReadyAt(reading, life);
    for (const other of started(reading)) {
      const at = other.startedAt;
      const isWaiting = readyAt < at && at < life.startedAt && other.key !== life.key;
      if (!isWaiting || maybeReadyAt(reading, other) <= readyAt) continue;
      if (slotHolders(reading, 'surely', at).length < slots || startedTogether(reading, other, life)) continue;
      yield { at, message: `entry ${other.entry} got a slot before entry ${life.entry}, ready since before it` };
    }
  }
}

/** Slots that were free at once are given in any order; one that got free later is not. */
function startedTogether({ events }: Reading, first: Life, second: Life): boolean {
  return !events
    .slice(first.startedAt, second.startedAt)
    .some(({ type }) => type === 'ended' || type === 'await-began' || type === 'quiet');
}

/** Since when a session could surely start the entry that it then started, but for a slot. */
function surelyReadyAt(reading: Reading, life: Life): number {
  const { startedAt: at, key } = life;
  const ofSession = reading.lives.filter((other) => other.key === key);
  const inLine = ofSession.filter((other) => other === life || waits(other, 'surely', at));
  const turnsBefore = ofSession.filter((other) => other.startedAt < at);
  return Math.max(
    Math.min(...inLine.map(({ returnedAt }) => returnedAt)),
    ...turnsBefore.map(({ freedBy }) => freedBy),
    lastResume(reading, key, at),
  );
}

/** Since when it may have been in line for a slot; a pause doesn't cost it its place. */
function maybeReadyAt({ lives }: Reading, life: Life): number {
  const { startedAt: at, key } = life;
  const ofSession = lives.filter((other) => other.key === key);
  const turnsBefore = ofSession.filter((other) => other.startedAt < at);
  // Entries that have left the line since kept the session's place for those behind them.
  let since = life.calledAt;
  for (const other of ofSession.toReversed()) {
    const stayedUntil = Math.min(other.startedAt, other.leftBy);
    if (other.calledAt < since && stayedUntil >= since) since = other.calledAt;
  }
  return Math.max(since, ...turnsBefore.map(({ freedFrom }) => freedFrom));
}

function* started({ lives }: Reading): Iterable<Life> {
  for (const life of lives) if (life.startedAt !== Infinity) yield life;
}

function slotsOf({ history }: Reading): number {
  return history.options.concurrency ?? Infinity;
}
