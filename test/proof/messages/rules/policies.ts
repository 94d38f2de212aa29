/** What each policy promises, alone and in a pipe, wherever it sees all that waits. Each is said anew, in words of its own. */
import type { Finding } from '../../rule.ts';
import type { MessageLife, MessageReading } from '../reading.ts';
import { nameOf, policyState, readStandings, seesAll, stagesOf } from '../rule.ts';
import type { MessageRule, Standing } from '../rule.ts';
import type { Stage } from '../policy-plans.ts';

export const policyRules: readonly MessageRule[] = [
  { name: 'latest lets only the newest wait', find: findCrowds },
  { name: 'interrupt makes way', find: findUninterrupted },
  { name: 'reject lets nothing wait behind a turn', find: findWaitingBehind },
  { name: 'cap lets only so many wait', find: findOverflow },
  { name: 'cap drops whom it should', find: findWrongVictims },
  { name: 'ttl lets nothing wait too long', find: findOld },
  { name: 'collect leaves nobody behind', find: findLeftBehind },
  { name: 'a failed policy is told once and no longer asked', find: findWrongFailures },
];

function* findCrowds(reading: MessageReading): Iterable<Finding> {
  for (const [standing] of standingsUnder(reading, 'latest', 'interrupt')) {
    const { at, waiting, key } = standing;
    if (waiting.length > 1) yield { at, message: `${waiting.length} wait in ${JSON.stringify(key)}` };
    const [only] = waiting;
    const newer = only && replacedMeanwhile(reading, only, at);
    if (newer !== undefined) yield { at, message: `${nameOf(newer)} was replaced by nobody that waits` };
  }
}

/** One that came later and was replaced while the other waited all the time. */
function replacedMeanwhile(
  { lives, quietPoints }: MessageReading,
  only: MessageLife,
  at: number,
): MessageLife | undefined {
  const before = quietPoints.findLast((quiet) => quiet < at) ?? Infinity;
  const hasWaited = only.calledAt < before && only.stays.every(({ turn }) => turn.overAt < before);
  return lives.find(
    ({ key, entry, outcome, toldAt }) =>
      hasWaited &&
      key === only.key &&
      entry > only.entry &&
      outcome?.code === 'replaced' &&
      toldAt > before &&
      toldAt < at,
  );
}

function* findUninterrupted(reading: MessageReading): Iterable<Finding> {
  for (const [{ at, waiting, holder }] of standingsUnder(reading, 'interrupt')) {
    const [first] = waiting;
    if (first === undefined || holder === undefined || holder.abortedAt < at) continue;
    yield { at, message: `turn ${holder.turn} runs on while ${nameOf(first)} waits` };
  }
}

function* findWaitingBehind(reading: MessageReading): Iterable<Finding> {
  for (const [{ at, waiting, holder }] of standingsUnder(reading, 'reject')) {
    if (waiting.length <= (holder === undefined ? 1 : 0)) continue;
    yield { at, message: `${waiting.length} wait behind ${holder === undefined ? 'nobody' : `turn ${holder.turn}`}` };
  }
}

function* findOverflow(reading: MessageReading): Iterable<Finding> {
  for (const [{ at, waiting }, stage] of standingsUnder(reading, 'cap')) {
    if (stage.is === 'cap' && waiting.length > stage.n) yield { at, message: `${waiting.length} wait, of ${stage.n}` };
  }
}

/** Who has waited since before and waits on is no older, or no newer, than who was dropped meanwhile. */
function* findWrongVictims(reading: MessageReading): Iterable<Finding> {
  const caps = stagesOf(reading.history.policy, 'cap');
  const [cap] = caps;
  // Behind one of these it sees only some of those that wait.
  const isPartial = reading.history.policy.some(({ is }) => ['collect', 'debounce', 'rateLimit'].includes(is));
  if (cap === undefined || caps.length > 1 || isPartial) return;
  for (const victim of reading.lives) {
    if (victim.outcome?.code !== 'full' || victim.isRefused) continue;
    const { toldAt: at, leftFrom } = victim;
    const survivor = reading.lives.find((other) => {
      if (other.key !== victim.key || other.isRefused || other.calledAt > leftFrom || other.leftFrom < at) return false;
      if (other.stays.some(({ turn }) => turn.startedAt < at && turn.overAt > leftFrom)) return false;
      if (other.stays.some(({ from }) => from > leftFrom && from < (nextQuiet(reading, at) ?? Infinity))) return false;
      return cap.who === 'oldest' ? other.entry < victim.entry : other.entry > victim.entry;
    });
    if (survivor === undefined) continue;
    yield { at, message: `entry ${victim.entry} was dropped, and ${nameOf(survivor)} stayed` };
  }
}

function nextQuiet({ quietPoints }: MessageReading, at: number): number | undefined {
  return quietPoints.find((quiet) => quiet > at);
}

function* findOld(reading: MessageReading): Iterable<Finding> {
  for (const [{ at, atMs, waiting }, stage] of standingsUnder(reading, 'ttl')) {
    const old = waiting.find(({ called }) => stage.is === 'ttl' && atMs >= called.atMs + stage.ms);
    if (old !== undefined) yield { at, message: `${nameOf(old)} has waited ${atMs - old.called.atMs} ms` };
  }
}

/** What waits at rest before a start, belongs to what starts and waits on, was left behind. */
function* findLeftBehind(reading: MessageReading): Iterable<Finding> {
  const { turns, lives, history, restBefore } = reading;
  const collects = stagesOf(history.policy, 'collect');
  const drops = history.policy.some(({ is }) => ['reject', 'latest', 'interrupt', 'cap', 'ttl'].includes(is));
  if (collects.length === 0 || drops) return;
  const isBySender = collects.some(({ by }) => by === 'sender');
  for (const { turn, key, inputs, startedAt: at } of turns) {
    const rest = restBefore(at);
    if (policyState(reading, key, at) !== 'sound') continue;
    const others = lives.filter(
      (life) => life.key === key && !life.isRefused && life.calledAt < at && life.toldAt > rest,
    );
    // By sender only a session of one sender is sure to belong together.
    if (isBySender && new Set(others.map(({ called }) => called.sender)).size > 1) continue;
    const left = others.find(
      (life) =>
        !inputs.includes(life.entry) && life.calledAt < rest && life.leftFrom >= at && !isInTurn(life, rest, at),
    );
    if (left !== undefined) yield { at, message: `turn ${turn} left ${nameOf(left)} behind` };
  }
}

function isInTurn({ stays }: MessageLife, rest: number, at: number): boolean {
  return stays.some(({ from, turn }) => from <= at && turn.overAt > rest);
}

function* findWrongFailures(reading: MessageReading): Iterable<Finding> {
  const { events } = reading;
  const told = (key: string): number =>
    events.filter((event) => event.type === 'policy-failed-told' && event.key === key && event.policy === 'faulty')
      .length;
  for (const [at, event] of events.entries()) {
    if (event.type === 'policy-faulted' && policyState(reading, event.key, at) === 'failed') {
      yield { at, message: `the policy was asked again about ${JSON.stringify(event.key)}` };
    }
    if (event.type !== 'finished') continue;
    const keys = events.flatMap((other) => (other.type === 'policy-faulted' ? [other.key] : []));
    for (const key of new Set(keys)) {
      const faults = keys.filter((other) => other === key).length;
      if (told(key) !== faults) yield { at, message: `of ${faults} failures ${told(key)} were told` };
    }
  }
}

function* standingsUnder(reading: MessageReading, ...kinds: readonly Stage['is'][]): Iterable<[Standing, Stage]> {
  const stages = reading.history.policy.filter(({ is }) => kinds.includes(is));
  if (stages.length === 0) return;
  for (const standing of readStandings(reading)) {
    const stage = stages.find((one) => seesAll(reading, one, standing));
    if (stage !== undefined) yield [standing, stage];
  }
}
