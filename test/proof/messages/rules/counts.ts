/** What the numbers promise: counts are exact, limits hold, nothing stays behind, and `enqueue` runs nobody's code. */
import type { Finding } from '../../rule.ts';
import { stoppedAt } from '../reading.ts';
import type { MessageLife, MessageReading } from '../reading.ts';
import { answerBy, readStandings } from '../rule.ts';
import type { MessageRule } from '../rule.ts';

export const countRules: readonly MessageRule[] = [
  { name: 'pending is exact', find: findMiscounts },
  { name: 'enqueue refuses what it has to, and nothing else', find: findWrongRefusals },
  { name: 'drained means nothing is left', find: findWrongDrained },
  { name: 'an idle session leaves nothing', find: findLeftovers },
  { name: 'no user code inside enqueue', find: findCodeInsideEnqueue },
];

/** Exact at rest; between, an end may have happened and not be told yet. */
function* findMiscounts(reading: MessageReading): Iterable<Finding> {
  const { events, lives } = reading;
  for (const [at, event] of events.entries()) {
    if (event.type !== 'probed') continue;
    const asked = lives.filter(({ key, isRefused }) => !isRefused && (event.key === undefined || key === event.key));
    const least = asked.filter((life) => surelyCounts(reading, life, at)).length;
    const most = asked.filter((life) => mayCount(reading, life, at)).length;
    if (event.pending >= least && event.pending <= most) continue;
    const right = least === most ? String(least) : `${least} to ${most}`;
    yield {
      at,
      message: `pending(${event.key === undefined ? '' : JSON.stringify(event.key)}) was ${event.pending} instead of ${right}`,
    };
  }
}

/** A turn that was aborted counts until it has ended or lost its lane, though its caller was told before. */
function mayCount(
  { turns, quietPoints }: MessageReading,
  { entry, calledAt, toldAt }: MessageLife,
  at: number,
): boolean {
  if (calledAt > at) return false;
  if (at < toldAt) return true;
  const turn = turns.find(({ carrier, startedAt }) => carrier === entry && startedAt < at);
  if (turn === undefined || turn.abortedAt === Infinity) return false;
  return at <= (quietPoints.find((quiet) => quiet >= turn.overAt) ?? Infinity);
}

function surelyCounts(
  { turns }: MessageReading,
  { entry, returnedAt, leftFrom, outcome, stays }: MessageLife,
  at: number,
): boolean {
  if (at < returnedAt) return false;
  if (turns.some(({ carrier, startedAt, overAt }) => carrier === entry && startedAt < at && at < overAt)) return true;
  if (at <= leftFrom) return true;
  return (
    outcome?.type === 'merged' && stays.some(({ from, as, turn }) => as === 'input' && from < at && at < turn.overAt)
  );
}

/** After a stop, with a signal that has aborted, and where a limit is reached, but for the answer to a question. */
function* findWrongRefusals(reading: MessageReading): Iterable<Finding> {
  const { events, lives } = reading;
  const stopped = stoppedAt(events);
  for (const { entry, called, calledAt: at, isRefused, outcome } of lives) {
    const isAborted = events.some(
      (event, index) => index < at && event.type === 'signal-aborted' && event.signal === called.signal,
    );
    const isTooLate = stopped < at || isAborted;
    if (!isRefused && (isTooLate || isFull(reading, called, at, surelyCounts))) {
      yield { at, message: `entry ${entry} was taken` };
    }
    const mayBeFull = isRefused && isFull(reading, called, at, mayCount);
    if (isRefused && (outcome?.code === 'full' ? !mayBeFull : !isTooLate)) {
      yield { at, message: `entry ${entry} was refused as ${outcome?.code}` };
    }
  }
}

function isFull(
  reading: MessageReading,
  { key }: MessageLife['called'],
  at: number,
  counts: (reading: MessageReading, life: MessageLife, at: number) => boolean,
): boolean {
  const { maxPending = Infinity, maxPendingPerSession = Infinity } = reading.history.settings;
  if (Math.min(maxPending, maxPendingPerSession) === Infinity || asks(reading, key, at)) return false;
  const pending = reading.lives.filter((life) => !life.isRefused && counts(reading, life, at));
  return pending.length >= maxPending || pending.filter((life) => life.key === key).length >= maxPendingPerSession;
}

/** Whether a turn of the session waits for an answer that has not come. */
function asks(reading: MessageReading, key: string, at: number): boolean {
  return reading.turns.some((turn) => {
    const asked = turn.key === key && at < turn.abortedAt ? turn.receives : [];
    return asked.some(
      (receive) =>
        receive.from < at &&
        at < Math.min(receive.until, receive.dueAt) &&
        answerBy(reading, turn, receive, at) === undefined,
    );
  });
}

/** It resolves where nothing was left at some moment since the last rest, and by the quiet point at which nothing is. */
function* findWrongDrained(reading: MessageReading): Iterable<Finding> {
  const { events, lives, quietPoints, restBefore } = reading;
  for (const [calledAt, event] of events.entries()) {
    if (event.type !== 'drained-called') continue;
    const found = events.findIndex((other) => other.type === 'drained-resolved' && other.call === event.call);
    const at = found === -1 ? Infinity : found;
    const from = Math.max(calledAt, restBefore(at) + 1);
    const isLeft = (moment: number): boolean => lives.some((life) => surelyCounts(reading, life, moment));
    if (found !== -1 && events.slice(from, at).every((_, index) => isLeft(from + index))) {
      yield { at, message: `drained() call ${event.call} resolved though something was left` };
    }
    const mayBeLeft = (moment: number): boolean => lives.some((life) => mayCount(reading, life, moment));
    const dueAt = quietPoints.find((quiet) => quiet > calledAt && !mayBeLeft(quiet)) ?? Infinity;
    if (at > dueAt) yield { at: dueAt, message: `drained() call ${event.call} has not resolved` };
  }
}

/** At quiet points `inspect` shows exactly the sessions that have entries, and in the end none, nor a timer. */
function* findLeftovers(reading: MessageReading): Iterable<Finding> {
  const standings = readStandings(reading);
  for (const at of reading.quietPoints) {
    const event = reading.events[at];
    if (event?.type !== 'quiet' && event?.type !== 'finished') continue;
    const expected = standings.filter((standing) => standing.at === at).map(({ key }) => key);
    if (expected.toSorted().join() !== event.sessions.toSorted().join()) {
      yield { at, message: `inspect() showed [${event.sessions.join()}] instead of [${expected.join()}]` };
    }
    if (event.type === 'finished' && event.timers > 0) yield { at, message: `${event.timers} timers were left` };
  }
}

function* findCodeInsideEnqueue({ events }: MessageReading): Iterable<Finding> {
  for (const [at, event] of events.entries()) {
    if (event.type === 'user-code') yield { at, message: `inside enqueue: ${event.what}` };
  }
}
