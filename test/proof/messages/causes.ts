/** Whether something in a history justifies the code with which an entry ended. */
import type { QueueErrorCode } from '#src/index.ts';
import type { MessageEvent } from './history.ts';
import { stoppedAt } from './reading.ts';
import type { MessageLife, MessageReading, TurnLife } from './reading.ts';
import { holds, isHeldByPause, policyState, stagesOf } from './rule.ts';

export function causeOf(reading: MessageReading, life: MessageLife, code: QueueErrorCode): boolean {
  const { events } = reading;
  const { key, entry, called, calledAt, toldAt } = life;
  const toldMs = events[toldAt]?.atMs ?? 0;
  switch (code) {
    case 'stopped':
      return events.some(({ type }, at) => at < calledAt && (type === 'stopped' || type === 'close-called'));
    case 'aborted':
      return (
        (life.isRefused && called.signal !== undefined) ||
        happened(reading, life, (event) => event.type === 'signal-aborting' && event.signal === called.signal)
      );
    case 'cancelled':
      return happened(
        reading,
        life,
        (event) =>
          (event.type === 'cancel-called' && event.key === key) ||
          (event.type === 'ticket-cancelling' && event.entry === entry),
      );
    case 'expired':
      return toldMs >= called.atMs + Math.min(called.ttlMs ?? Infinity, ...policyTtls(reading, life));
    case 'timeout':
    case 'idle-timeout':
      return hasTimedOut(reading, life, code, toldMs);
    case 'closed':
      return isClosed(reading, life, toldMs);
    case 'full':
      // Another rule says when there was no room for it.
      return life.isRefused || (isAsked(reading, life) && isOverCap(reading, life));
    case 'rejected':
      return isAsked(reading, life, 'reject') && (othersInLine(reading, life).length > 0 || wasBusy(reading, life));
    case 'replaced':
      return (
        isAsked(reading, life, 'latest', 'interrupt') &&
        othersInLine(reading, life).some((other) => other.entry > entry)
      );
    case 'interrupted':
      return isAsked(reading, life, 'interrupt') && othersInLine(reading, life).length > 0;
    default:
      return false;
  }
}

/** In the breath in which the entry ended. */
function happened(
  { events, restBefore }: MessageReading,
  life: MessageLife,
  is: (event: MessageEvent) => boolean,
): boolean {
  const since = Math.max(restBefore(life.toldAt), life.calledAt);
  return events.some((event, at) => at > since && at < life.toldAt && is(event));
}

function policyTtls(reading: MessageReading, life: MessageLife): number[] {
  return isAsked(reading, life, 'ttl') ? stagesOf(reading.history.policy, 'ttl').map(({ ms }) => ms) : [];
}

/** Whether the policy has one of these stages, and is still asked. */
function isAsked(reading: MessageReading, life: MessageLife, ...kinds: readonly string[]): boolean {
  const { policy } = reading.history;
  const has = kinds.length === 0 || policy.some(({ is }) => kinds.includes(is));
  return has && policyState(reading, life.key, Math.max(reading.restBefore(life.toldAt), life.calledAt)) !== 'failed';
}

function hasTimedOut({ history, turns, events }: MessageReading, life: MessageLife, code: string, ms: number): boolean {
  const turn = turns.find(({ carrier }) => carrier === life.entry);
  if (turn === undefined) return false;
  const { timeoutMs, idleTimeoutMs } = history.settings;
  if (code === 'timeout') return ms >= turn.startedMs + (life.called.timeoutMs ?? timeoutMs ?? Infinity);
  return ms >= lastProgressMs(events, turn, life.toldAt) + (idleTimeoutMs ?? Infinity);
}

/** When the idle watchdog was fed last; never while the turn waits for an answer. After a stop it doesn't even begin to. */
export function lastProgressMs(events: readonly MessageEvent[], turn: TurnLife, before: number): number {
  const isAsking = turn.receives.some(({ from, until }) => from < before && Math.min(until, turn.abortedAt) > before);
  if (isAsking) return Infinity;
  const answered = new Set(turn.receives.flatMap(({ from, until }) => (from < stoppedAt(events) ? [until] : [])));
  const feeds = events.flatMap((event, at) => {
    const isFeed = (event.type === 'progressed' && event.turn === turn.turn) || answered.has(at);
    return isFeed && at < Math.min(before, turn.abortedAt) ? [event.atMs] : [];
  });
  return Math.max(turn.startedMs, ...feeds);
}

/** By a close whose draining was over; one that drains on takes only what a pause held in that breath. */
function isClosed(reading: MessageReading, { key, toldAt, leftFrom, stays }: MessageLife, toldMs: number): boolean {
  const { events } = reading;
  const closes = events.filter((event, at) => event.type === 'close-called' && at < toldAt);
  if (closes.some((event) => event.type === 'close-called' && event.atMs + event.drainMs <= toldMs)) return true;
  const wasPaused = events.some((_, at) => at > leftFrom && at <= toldAt && isHeldByPause(reading, key, at));
  return closes.length > 0 && stays.every(({ turn }) => turn.overAt < toldAt) && wasPaused;
}

function isOverCap(reading: MessageReading, life: MessageLife): boolean {
  const inLine = othersInLine(reading, life).length + 1;
  return stagesOf(reading.history.policy, 'cap').some(({ n }) => inLine > n);
}

/** Who may have waited beside it in the breath in which it ended. */
function othersInLine({ lives }: MessageReading, life: MessageLife): MessageLife[] {
  return lives.filter(
    (other) =>
      other !== life &&
      other.key === life.key &&
      !other.isRefused &&
      other.calledAt < life.toldAt &&
      other.toldAt > life.leftFrom &&
      !other.stays.some(({ from, until }) => from < life.leftFrom && until > life.toldAt),
  );
}

function wasBusy({ turns }: MessageReading, { key, leftFrom, toldAt }: MessageLife): boolean {
  return turns.some(
    (turn) => turn.key === key && (holds(turn, leftFrom) || (turn.startedAt > leftFrom && turn.startedAt < toldAt)),
  );
}
