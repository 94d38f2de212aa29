/** What the numbers promise: counts are exact, nothing stays behind, and `enqueue` runs nobody's code. */
import type { Finding } from '../../rule.ts';
import type { MessageLife, MessageReading } from '../reading.ts';
import { readStandings } from '../rule.ts';
import type { MessageRule } from '../rule.ts';

export const countRules: readonly MessageRule[] = [
  { name: 'pending is exact', find: findMiscounts },
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
