/** What all sessions together promise: as many turns as slots, and nothing startable is left lying. */
import type { Finding } from '../../rule.ts';
import type { MessageReading, TurnLife } from '../reading.ts';
import {
  answerBy,
  holds,
  isHeldByPause,
  mayHold,
  nameOf,
  policyState,
  readStandings,
  waitsForAnswer,
} from '../rule.ts';
import type { MessageRule } from '../rule.ts';

export const slotRules: readonly MessageRule[] = [
  { name: 'no more turns than slots', find: findTooMany },
  { name: 'works while there is work', find: findIdleSlots },
  { name: 'nothing starts in its window', find: findHastyStarts },
  { name: 'no more starts than the rate allows', find: findTooManyStarts },
];

/**
 * A turn starts, or goes on after it waited for an answer, only where a slot is free. One that is aborted
 * while it waits goes on at once to clean up, with or without a slot.
 */
function* findTooMany(reading: MessageReading): Iterable<Finding> {
  const { turns, history } = reading;
  const slots = history.settings.concurrency ?? Infinity;
  if (slots === Infinity) return;
  for (const turn of turns) {
    const goesOnAt = turn.receives.flatMap(({ until, reason }) =>
      until < Math.min(turn.abortedAt, turn.endedAt) && reason === undefined ? [until] : [],
    );
    for (const at of [turn.startedAt, ...goesOnAt]) {
      const others = turns.filter((other) => other !== turn && holdsSlot(other, at));
      if (others.length < slots) continue;
      yield { at, message: `turn ${turn.turn} went on beside turns ${others.map((other) => other.turn).join()}` };
    }
  }
}

function holdsSlot(turn: TurnLife, at: number): boolean {
  const isOverdrawn = turn.receives.some(({ from, until }) => from < turn.abortedAt && turn.abortedAt < until);
  return holds(turn, at) && !isOverdrawn && !turn.receives.some(({ from, until }) => from <= at && at <= until);
}

/**
 * At a quiet point no lane and slot are free while something waits that neither a pause nor its policy
 * holds back: then nobody would ever wake it. Nor does a turn wait on whose answer has come.
 */
function* findIdleSlots(reading: MessageReading): Iterable<Finding> {
  const { history, turns } = reading;
  const slots = history.settings.concurrency ?? Infinity;
  for (const standing of readStandings(reading)) {
    const { at, key, waiting, holder } = standing;
    const taken = turns.filter((turn) => holds(turn, at) && !waitsForAnswer(turn, at)).length;
    if (taken >= slots) continue;
    const [first] = waiting;
    if (holder === undefined && first !== undefined && !isHeldByPause(reading, key, at)) {
      const isHeld = standing.policy !== 'failed' && history.policy.some((stage) => mayHold(reading, stage, standing));
      if (!isHeld) yield { at, message: `${nameOf(first)} waits though nothing keeps it from starting` };
    }
    const receive = holder?.receives.find(({ from, until }) => from < at && at < until);
    if (holder === undefined || receive === undefined) continue;
    const isAnswered = answerBy(reading, holder, receive, at) !== undefined;
    if (isAnswered || receive.dueAt <= at || holder.abortedAt < at) {
      yield { at, message: `turn ${holder.turn} still waits for an answer` };
    }
  }
}

/**
 * Behind a debounce a turn starts no sooner than its `ms` after each message it starts with, or its
 * `maxMs` after the first that came since the last start or waited then.
 */
function* findHastyStarts(reading: MessageReading): Iterable<Finding> {
  const { turns, lives, history, lifeOf } = reading;
  for (const stage of history.policy) {
    if (stage.is !== 'debounce') continue;
    for (const { turn, key, inputs, startedAt: at, startedMs } of turns) {
      if (policyState(reading, key, at) !== 'sound') continue;
      const lastStartAt = turns.findLast((other) => other.key === key && other.startedAt < at)?.startedAt ?? -1;
      const since = lives.filter((life) => life.key === key && life.calledAt < at && life.toldAt > lastStartAt);
      const firstMs = Math.min(...since.map(({ called }) => called.atMs));
      const lastMs = Math.max(...inputs.map((entry) => lifeOf(entry)?.called.atMs ?? 0));
      if (startedMs >= Math.min(lastMs + stage.ms, firstMs + stage.maxMs)) continue;
      yield { at, message: `turn ${turn} started ${startedMs - lastMs} ms after its last message came` };
    }
  }
}

function* findTooManyStarts(reading: MessageReading): Iterable<Finding> {
  const { turns, history } = reading;
  for (const stage of history.policy) {
    if (stage.is !== 'rateLimit') continue;
    for (const { turn, key, startedAt: at, startedMs } of turns) {
      if (policyState(reading, key, at) !== 'sound') continue;
      const before = turns.filter((other) => other.key === key && other.startedAt < at);
      const recent = before.filter((other) => other.startedMs + stage.perMs > startedMs);
      if (recent.length < stage.n) continue;
      yield { at, message: `turn ${turn} is the ${recent.length + 1}. within ${stage.perMs} ms` };
    }
  }
}
