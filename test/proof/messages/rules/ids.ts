/** What an id promises: it gives the same ticket for as long as it is known, and is forgotten in time, the oldest end first. */
import type { Finding } from '../../rule.ts';
import type { MessageLife, MessageReading } from '../reading.ts';
import type { MessageRule } from '../rule.ts';

export const idRules: readonly MessageRule[] = [
  { name: 'the same id gives the same ticket while it is known', find: findForgotten },
  { name: 'an unknown id makes a new entry', find: findRemembered },
];

function* findForgotten(reading: MessageReading): Iterable<Finding> {
  for (const { at, entry, ticketOf, known, isSure } of idCalls(reading)) {
    if (isSure && known !== undefined && ticketOf !== known.entry) {
      yield { at, message: `entry ${entry} has another ticket than entry ${known.entry}` };
    }
  }
}

function* findRemembered(reading: MessageReading): Iterable<Finding> {
  for (const { at, entry, ticketOf, known, isSure } of idCalls(reading)) {
    const isJoined = ticketOf !== entry;
    if (isJoined && isSure && known === undefined) {
      yield { at, message: `entry ${entry} has the ticket of entry ${ticketOf}, which was forgotten` };
    }
  }
}

interface IdCall {
  readonly at: number;
  readonly entry: number;
  readonly ticketOf: number;
  /** The entry whose ticket it has to get. */
  readonly known: MessageLife | undefined;
  /** Whether that can be told from here: its end, or that of another, may have happened and not be told yet. */
  readonly isSure: boolean;
}

function* idCalls(reading: MessageReading): Iterable<IdCall> {
  const { events, lives, history } = reading;
  const { rememberMs = 300_000 } = history.settings;
  for (const [calledAt, event] of events.entries()) {
    const returned = events[calledAt + 1];
    if (event.type !== 'enqueue-called' || event.id === undefined || returned?.type !== 'enqueue-returned') continue;
    const { entry, key, id, atMs } = event;
    const last = lives.findLast(
      (life) => !life.isRefused && life.key === key && life.called.id === id && life.entry < entry,
    );
    const call = { at: calledAt, entry, ticketOf: returned.ticketOf };
    if (last === undefined || calledAt <= last.leftFrom) yield { ...call, known: last, isSure: true };
    else if (calledAt < last.toldAt) yield { ...call, known: last, isSure: false };
    else {
      const isOld = (events[last.toldAt]?.atMs ?? 0) + rememberMs <= atMs;
      const isGone = last.outcome?.type === 'dropped' || isOld;
      if (isGone || surelyCrowdedOut(reading, last, calledAt)) yield { ...call, known: undefined, isSure: true };
      else yield { ...call, known: last, isSure: !maybeCrowdedOut(reading, last, calledAt) };
    }
  }
}

/** As many others as are remembered have ended after it, and none of those came again before the last of them ended. */
function surelyCrowdedOut(reading: MessageReading, last: MessageLife, at: number): boolean {
  const { rememberMax = Infinity } = reading.history.settings;
  if (rememberMax === Infinity) return false;
  const others = rememberedBeside(reading, last).filter(
    ({ leftFrom, toldAt }) => leftFrom >= last.toldAt && toldAt <= at,
  );
  return others.some(({ toldAt: until }) => {
    const left = others.filter((other) => other.toldAt <= until && !hasComeAgain(reading, other, until));
    return countNames(left) >= rememberMax;
  });
}

function maybeCrowdedOut(reading: MessageReading, last: MessageLife, at: number): boolean {
  const { rememberMax = Infinity } = reading.history.settings;
  if (rememberMax === Infinity) return false;
  const others = rememberedBeside(reading, last).filter(
    ({ leftFrom, toldAt }) => toldAt > last.leftFrom && leftFrom < at,
  );
  return countNames(others) >= rememberMax;
}

/** All that had an id and ended as one that has run, but for those with the same id in the same session. */
function rememberedBeside({ lives }: MessageReading, last: MessageLife): MessageLife[] {
  return lives.filter(
    ({ called, outcome, isRefused, key }) =>
      !isRefused &&
      called.id !== undefined &&
      outcome !== undefined &&
      outcome.type !== 'dropped' &&
      (called.id !== last.called.id || key !== last.key),
  );
}

function hasComeAgain({ lives }: MessageReading, { key, called, entry }: MessageLife, before: number): boolean {
  return lives.some(
    (other) =>
      other.entry > entry &&
      other.key === key &&
      other.called.id === called.id &&
      !other.isRefused &&
      other.calledAt < before,
  );
}

function countNames(lives: readonly MessageLife[]): number {
  return new Set(lives.map(({ key, called }) => JSON.stringify([key, called.id]))).size;
}
