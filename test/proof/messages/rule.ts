/** What a rule about messages is, and what the rules know of a session at a moment of rest. */
import { isPaused } from '../rule.ts';
import type { Finding } from '../rule.ts';
import type { PolicyPlan, Stage, StageOf } from './policy-plans.ts';
import type { MessageLife, MessageReading, Receive, Stay, TurnLife } from './reading.ts';

/** A named rule. What it gives has no name yet; `checkMessages` adds it. */
export interface MessageRule {
  readonly name: string;
  readonly find: (reading: MessageReading) => Iterable<Finding>;
}

/** Whether the entry is in line, at a moment of rest. */
export function waits({ isRefused, calledAt, toldAt, stays }: MessageLife, at: number): boolean {
  if (isRefused || calledAt > at || toldAt < at) return false;
  return !stays.some(({ from, until }) => from < at && at < until);
}

/** Whether the turn surely holds its lane. At a quiet point that is exact. */
export function holds({ startedAt, overAt }: TurnLife, at: number): boolean {
  return startedAt < at && at < overAt;
}

export function waitsForAnswer({ receives }: TurnLife, at: number): boolean {
  return receives.some(({ from, until }) => from < at && at < until);
}

/** What had answered this question by then, whether its turn knew already or not. */
export function answerBy({ lives }: MessageReading, turn: TurnLife, { from }: Receive, at: number): Stay | undefined {
  return lives
    .flatMap(({ stays }) => stays)
    .find((stay) => stay.turn === turn && stay.as === 'answer' && stay.from > from && stay.from < at);
}

/** One session at a quiet point. */
export interface Standing {
  readonly at: number;
  readonly atMs: number;
  readonly key: string;
  /** In the order of arrival. */
  readonly waiting: readonly MessageLife[];
  readonly holder: TurnLife | undefined;
  readonly policy: PolicyState;
}

const standings = new WeakMap<MessageReading, readonly Standing[]>();

/** Every session that is not idle at every quiet point. */
export function readStandings(reading: MessageReading): readonly Standing[] {
  const known = standings.get(reading);
  if (known !== undefined) return known;
  const { lives, turns, quietPoints, events } = reading;
  const keys = [...new Set(lives.map(({ key }) => key))];
  const read = quietPoints.flatMap((at) =>
    keys.flatMap((key) => {
      const waiting = lives.filter((life) => life.key === key && waits(life, at));
      const holder = turns.find((turn) => turn.key === key && holds(turn, at));
      if (waiting.length === 0 && holder === undefined) return [];
      return [{ at, atMs: events[at]?.atMs ?? 0, key, waiting, holder, policy: policyState(reading, key, at) }];
    }),
  );
  standings.set(reading, read);
  return read;
}

/** A policy that went wrong isn't asked again until its session is idle. */
export type PolicyState = 'sound' | 'failed' | 'unsure';

export function policyState(reading: MessageReading, key: string, at: number): PolicyState {
  const { events, quietPoints, lives } = reading;
  const faultedAt = events.findLastIndex(
    (event, index) => index < at && event.type === 'policy-faulted' && event.key === key,
  );
  if (faultedAt === -1) return 'sound';
  const wasIdle = quietPoints.some((quiet) => faultedAt < quiet && quiet < at && isIdle(reading, key, quiet));
  if (wasIdle) return 'sound';
  let surelyUntil = faultedAt;
  for (const life of lives) {
    if (life.key === key && !life.isRefused && life.calledAt <= surelyUntil) {
      surelyUntil = Math.max(surelyUntil, Math.min(life.leftFrom, life.toldAt));
    }
  }
  return surelyUntil >= at ? 'failed' : 'unsure';
}

function isIdle({ lives, turns }: MessageReading, key: string, at: number): boolean {
  return (
    !lives.some((life) => life.key === key && waits(life, at)) &&
    !turns.some((turn) => turn.key === key && holds(turn, at))
  );
}

/** The stages of this kind. */
export function stagesOf<Is extends Stage['is']>(policy: PolicyPlan, is: Is): StageOf<Is>[] {
  return policy.filter((stage): stage is StageOf<Is> => stage.is === is);
}

/**
 * Whether this stage may hold the session back at a quiet point. What can't be read from a history is
 * put as late as it can be: the last arrival is that of any entry, the first that of one which waits.
 */
export function mayHold({ lives, turns }: MessageReading, stage: Stage, { key, at, atMs, waiting }: Standing): boolean {
  if (stage.is === 'debounce') {
    const arrivals = lives.filter((life) => life.key === key && !life.isRefused && life.calledAt < at);
    const lastMs = Math.max(...arrivals.map(({ called }) => called.atMs));
    const firstMs = Math.min(...waiting.map(({ called }) => called.atMs));
    return atMs < Math.min(lastMs + stage.ms, firstMs + stage.maxMs);
  }
  if (stage.is !== 'rateLimit') return false;
  const counted = turns.filter(
    (turn) => turn.key === key && turn.startedAt < at && turn.startedMs + stage.perMs > atMs,
  );
  return counted.length >= stage.n;
}

/** Whether this stage sees all that waits, at a quiet point, and its session's policy is still asked. */
export function seesAll(reading: MessageReading, stage: Stage, standing: Standing): boolean {
  const { policy } = reading.history;
  if (standing.policy !== 'sound') return false;
  return policy.slice(0, policy.indexOf(stage)).every((before) => {
    if (before.is === 'collect') return before.by === 'all' || standing.holder !== undefined;
    return !mayHold(reading, before, standing);
  });
}

export function isHeldByPause({ events }: MessageReading, key: string, at: number): boolean {
  return isPaused(events, key, at);
}

export function nameOf(life: { readonly entry: number; readonly key: string }): string {
  return `entry ${life.entry} of ${JSON.stringify(life.key)}`;
}
