/** What turns promise: one at a time, from what was enqueued, carried by the newest, and never in a pause. */
import type { Finding } from '../../rule.ts';
import type { MessageReading } from '../reading.ts';
import { holds, isHeldByPause, nameOf, policyState, stagesOf } from '../rule.ts';
import type { MessageRule } from '../rule.ts';

export const turnRules: readonly MessageRule[] = [
  { name: 'one turn at a time', find: findOverlap },
  { name: 'one turn for each message', find: findSecondTurns },
  { name: 'nothing from nowhere', find: findIntruders },
  { name: 'the newest carries the turn', find: findWrongCarriers },
  { name: 'epochs grow', find: findStaleEpochs },
  { name: 'a pause holds', find: findStartsInPause },
  { name: 'nothing starts after a close', find: findLateStarts },
  { name: 'only collect collects, and only what belongs together', find: findWrongCollections },
];

/** So an interrupted turn has really ended, or lost its lane after its grace, before the next one starts. */
function* findOverlap({ turns }: MessageReading): Iterable<Finding> {
  for (const { turn, key, startedAt: at } of turns) {
    const holder = turns.find((other) => other.key === key && holds(other, at));
    if (holder !== undefined) yield { at, message: `turn ${turn} started while turn ${holder.turn} held the lane` };
  }
}

/** A message comes to a second turn only when the first one took it in, and then failed or was aborted. */
function* findSecondTurns({ lives }: MessageReading): Iterable<Finding> {
  for (const { entry, stays } of lives) {
    for (const [index, { turn, from: at }] of stays.entries()) {
      const before = stays[index - 1];
      if (before === undefined) continue;
      const isDone = before.turn.acknowledgedAt.some((done) => before.from < done && done < before.turn.overAt);
      if (before.turn.overAt < at && !before.turn.hasEndedWell && before.as !== 'input' && !isDone) continue;
      yield { at, message: `entry ${entry} came to turn ${turn.turn} after turn ${before.turn.turn} had it` };
    }
  }
}

/** Whatever a turn is handed waited for its session, and had not been told its end. */
function* findIntruders({ events, lifeOf, turnOf }: MessageReading): Iterable<Finding> {
  for (const [at, event] of events.entries()) {
    const turn = 'turn' in event ? turnOf(event.turn) : undefined;
    for (const entry of handed(event)) {
      const life = lifeOf(entry);
      const isFine = life !== undefined && life.key === turn?.key && life.calledAt < at;
      if (!isFine || life.isRefused || life.toldAt < at) {
        yield { at, message: `turn ${turn?.turn} was handed entry ${entry}, which didn't wait for it` };
      }
    }
  }
}

function handed(event: MessageReading['events'][number]): readonly number[] {
  if (event.type === 'started') return event.inputs;
  return event.type === 'took' ? event.entries : [];
}

function* findWrongCarriers({ turns, lifeOf }: MessageReading): Iterable<Finding> {
  for (const { turn, carrier, inputs, context, id, startedAt: at } of turns) {
    if (carrier !== Math.max(...inputs)) yield { at, message: `turn ${turn} is carried by entry ${carrier}` };
    if (context !== carrier) yield { at, message: `turn ${turn} runs in the context of ${context}` };
    if (lifeOf(carrier)?.ticketId !== id) yield { at, message: `turn ${turn} has the id ${id}` };
  }
}

function* findStaleEpochs({ turns }: MessageReading): Iterable<Finding> {
  const greatest = new Map<string, number>();
  for (const { turn, key, epoch, startedAt: at } of turns) {
    const before = greatest.get(key) ?? -Infinity;
    if (epoch <= before) yield { at, message: `turn ${turn} has epoch ${epoch} after ${before}` };
    greatest.set(key, Math.max(epoch, before));
  }
}

function* findStartsInPause(reading: MessageReading): Iterable<Finding> {
  for (const { turn, key, startedAt: at } of reading.turns) {
    if (isHeldByPause(reading, key, at)) yield { at, message: `turn ${turn} started in a pause` };
  }
}

function* findLateStarts({ events, turns }: MessageReading): Iterable<Finding> {
  const closedAt = events.findIndex(({ type }) => type === 'close-resolved');
  if (closedAt === -1) return;
  for (const { turn, startedAt: at } of turns) {
    if (at > closedAt) yield { at, message: `turn ${turn} started though the queue was closed` };
  }
}

function* findWrongCollections(reading: MessageReading): Iterable<Finding> {
  const collects = stagesOf(reading.history.policy, 'collect');
  for (const { turn, key, inputs, startedAt: at } of reading.turns) {
    if (inputs.length < 2) continue;
    if (collects.length === 0 || policyState(reading, key, at) === 'failed') {
      yield { at, message: `turn ${turn} was handed ${inputs.length} messages` };
    }
    const senders = new Set(inputs.map((entry) => reading.lifeOf(entry)?.called.sender));
    if (senders.size < 2 || collects.every(({ by }) => by === 'all')) continue;
    yield { at, message: `turn ${turn} was handed ${inputs.map((entry) => nameOf({ entry, key })).join()} together` };
  }
}
