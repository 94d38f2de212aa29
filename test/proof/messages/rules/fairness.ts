/**
 * What sessions promise each other where slots are few: they take turns. Whoever stands in line for a
 * slot, to start a turn or to go on after an answer, gets one before everybody who came to the line later.
 */
import type { Finding } from '../../rule.ts';
import { stoppedAt } from '../reading.ts';
import type { MessageReading, Receive, TurnLife } from '../reading.ts';
import { answerBy, holds, isHeldByPause, mayHold, policyState, waits } from '../rule.ts';
import type { MessageRule, Standing } from '../rule.ts';

export const fairnessRules: readonly MessageRule[] = [
  { name: 'sessions take turns', find: findUnfairTurns },
  { name: 'an answered turn takes its turn', find: findUnfairAnswers },
];

/** Somebody got a slot: to start a turn, or to go on with it where `receive` is there. */
interface Grant {
  readonly turn: TurnLife;
  readonly at: number;
  readonly receive: Receive | undefined;
}

function* findUnfairTurns(reading: MessageReading): Iterable<Finding> {
  const grants = readGrants(reading);
  for (const grant of grants) if (grant.receive === undefined) yield* findOvertakers(reading, grants, grant);
}

function* findUnfairAnswers(reading: MessageReading): Iterable<Finding> {
  const grants = readGrants(reading);
  for (const grant of grants) if (grant.receive !== undefined) yield* findOvertakers(reading, grants, grant);
}

function readGrants({ history, turns, events }: MessageReading): Grant[] {
  if ((history.settings.concurrency ?? Infinity) === Infinity) return [];
  return turns.flatMap((turn) => [
    { turn, at: turn.startedAt, receive: undefined },
    // One that asks after a stop, or is aborted or over, goes on without a slot.
    ...turn.receives.flatMap((receive) => {
      const { from, until, reason } = receive;
      const isGranted = until < Math.min(turn.abortedAt, turn.overAt) && reason === undefined;
      return isGranted && from < stoppedAt(events) ? [{ turn, at: until, receive }] : [];
    }),
  ]);
}

/** Only what happened before the last moment of rest is compared: within a breath who goes on first means nothing. */
function* findOvertakers(reading: MessageReading, grants: readonly Grant[], grant: Grant): Iterable<Finding> {
  const { key, turn } = grant.turn;
  const rest = reading.restBefore(grant.at);
  const others = grants.filter((other) => other.turn.key !== key && other.at < rest);
  const since = others.length === 0 ? undefined : inLineSince(reading, grant);
  if (since === undefined) return;
  const overtaker = others.find((other) => other.at > since && wasOutOfLine(reading, other, since));
  if (overtaker === undefined) return;
  const how = grant.receive === undefined ? 'started' : 'went on';
  const message = `turn ${overtaker.turn.turn} got a slot before turn ${turn} ${how}, which was in line since event ${since}`;
  yield { at: overtaker.at, message };
}

/** The first quiet point from which on it surely stood in line, without a break. */
function inLineSince(reading: MessageReading, grant: Grant): number | undefined {
  const { turn, at, receive } = grant;
  if (receive !== undefined) {
    const since = Math.min(answerBy(reading, turn, receive, at)?.from ?? Infinity, receive.dueAt);
    return reading.quietPoints.find((quiet) => quiet > since && quiet < at);
  }
  return reading.quietPoints.find((quiet) => quiet < at && isReadyUntil(reading, turn, quiet));
}

/** From a quiet point to its start nothing but a slot was missing, and one entry waited all the time. */
function isReadyUntil(reading: MessageReading, { key, startedAt }: TurnLife, quiet: number): boolean {
  const { lives, turns, events } = reading;
  const rest = reading.restBefore(startedAt);
  if (quiet > rest || turns.some((turn) => turn.key === key && turn.startedAt < startedAt && turn.overAt > quiet)) {
    return false;
  }
  const waiting = lives.filter((life) => life.key === key && waits(life, quiet));
  const isSteady = waiting.some(
    ({ leftFrom, stays }) => leftFrom >= rest && stays.every(({ from }) => from < quiet || from >= startedAt),
  );
  const wasPaused = events.some(
    (event, at) =>
      event.type === 'paused' && at > quiet && at < startedAt && (event.key === undefined || event.key === key),
  );
  return isSteady && !wasPaused && !isHeldByPause(reading, key, quiet) && !mayBeHeld(reading, key, quiet, startedAt);
}

/** Whether its policy may have held it back at some time in between. */
function mayBeHeld(reading: MessageReading, key: string, quiet: number, until: number): boolean {
  const { events, history, lives } = reading;
  const policy = policyState(reading, key, quiet);
  if (policy === 'failed') return false;
  const waiting = lives.filter((life) => life.key === key && waits(life, quiet));
  const atMs = events[quiet]?.atMs ?? 0;
  const standing: Standing = { at: quiet, atMs, key, waiting, holder: undefined, policy };
  const hasNews = lives.some((life) => life.key === key && life.calledAt > quiet && life.calledAt < until);
  return history.policy.some((stage) => mayHold(reading, stage, standing) || (stage.is === 'debounce' && hasNews));
}

/** Whether it surely came to the line later than at this quiet point. */
function wasOutOfLine(reading: MessageReading, { turn, receive }: Grant, quiet: number): boolean {
  if (receive !== undefined) {
    const isAnswered = answerBy(reading, turn, receive, quiet) !== undefined;
    return receive.from > quiet || (!isAnswered && receive.dueAt > quiet);
  }
  const hadTurn = reading.turns.some((other) => other.key === turn.key && holds(other, quiet));
  return hadTurn || !reading.lives.some((life) => life.key === turn.key && waits(life, quiet));
}
