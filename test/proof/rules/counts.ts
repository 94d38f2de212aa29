/** What the numbers promise: counts are exact, limits hold, nothing stays behind, and `enqueue` runs nobody's code. */
import { countPending, isInHand } from '../entry-lives.ts';
import type { Life, Moment } from '../entry-lives.ts';
import type { Finding, Reading, Rule } from '../rule.ts';

export const countRules: readonly Rule[] = [
  { name: 'pending is exact', find: findMiscounts },
  { name: 'limits are kept', find: findBrokenLimits },
  { name: 'an idle session leaves nothing', find: findLeftovers },
  { name: 'no user code inside enqueue', find: findCodeInsideEnqueue },
];

/** Exact but for the microtask between an end and the moment in which its observers run. */
function* findMiscounts({ events, lives }: Reading): Iterable<Finding> {
  for (const [at, event] of events.entries()) {
    if (event.type !== 'probed') continue;
    const asked = event.key === undefined ? lives : lives.filter(({ key }) => key === event.key);
    const [least, most] = [countPending(asked, 'surely', at), countPending(asked, 'maybe', at)];
    if (event.pending >= least && event.pending <= most) continue;
    const right = least === most ? String(least) : `${least} to ${most}`;
    yield {
      at,
      message: `pending(${event.key === undefined ? '' : JSON.stringify(event.key)}) was ${event.pending} instead of ${right}`,
    };
  }
}

/** An entry is refused as full exactly when as many as allowed waited or ran when it came. */
function* findBrokenLimits({ history, lives }: Reading): Iterable<Finding> {
  const { maxPending = Infinity, maxPendingPerSession = Infinity } = history.options;
  for (const life of lives) {
    const { calledAt: at, key, entry } = life;
    const ofSession = lives.filter((other) => other.key === key);
    const isFull = (moment: Moment): boolean =>
      countPending(lives, moment, at) >= maxPending || countPending(ofSession, moment, at) >= maxPendingPerSession;
    const isRefused = life.settledCode === 'full';
    if (isRefused && !isFull('maybe')) {
      yield { at, message: `entry ${entry} was refused though there was room` };
    }
    if (!isRefused && !wasRefusedAnyway(life) && isFull('surely')) {
      yield { at, message: `entry ${entry} was taken though the queue was full` };
    }
  }
}

function wasRefusedAnyway({ isRefused, causes, returnedAt }: Life): boolean {
  return isRefused || causes.some(({ by }) => by <= returnedAt);
}

/** At quiet points `inspect` shows exactly the sessions that have entries, and in the end none, nor a timer. */
function* findLeftovers({ events, lives }: Reading): Iterable<Finding> {
  for (const [at, event] of events.entries()) {
    if (event.type !== 'quiet' && event.type !== 'finished') continue;
    const keysOf = (moment: Moment): Set<string> =>
      new Set(lives.flatMap((life) => (isInHand(life, moment, at) ? [life.key] : [])));
    const [shown, expected] = [new Set(event.sessions), keysOf('maybe')];
    const missing = [...keysOf('surely')].filter((key) => !shown.has(key));
    const left = event.sessions.filter((key) => !expected.has(key));
    if (missing.length > 0) yield { at, message: `inspect() left out ${JSON.stringify(missing)}` };
    if (left.length > 0) yield { at, message: `inspect() still showed ${JSON.stringify(left)}` };
    if (event.sessions.length > shown.size) yield { at, message: `inspect() showed ${event.sessions.join()}` };
    if (event.type === 'finished' && event.timers > 0) {
      yield { at, message: `${event.timers} timers were left` };
    }
  }
}

/** Between a call of `enqueue` and its return no task, thenable or listener runs. */
function* findCodeInsideEnqueue({ events }: Reading): Iterable<Finding> {
  for (const [at, event] of events.entries()) {
    const inside = events[at - 1];
    if (event.type !== 'enqueue-returned' || inside?.type === 'enqueue-called') continue;
    yield {
      at,
      message: `${inside?.type ?? 'something'} happened inside the call that enqueued ${event.entry}`,
    };
  }
}
