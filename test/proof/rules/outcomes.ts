/** What a caller is promised: every entry ends in exactly one outcome, the right one, and is told in time. */
import type { Cause } from '../causes.ts';
import { countPending, isBefore } from '../entry-lives.ts';
import type { Life } from '../entry-lives.ts';
import type { Finding, Reading, Rule } from '../rule.ts';
import { couldBeChosenFrom } from '../slots-in-use.ts';

export const outcomeRules: readonly Rule[] = [
  { name: 'nothing is lost', find: findLost },
  { name: 'settled once', find: findSettledTwice },
  { name: 'the right outcome', find: findWrongOutcome },
  { name: 'told at once', find: findUntold },
  { name: 'a turn is told to give up', find: findUnaborted },
  { name: 'cancel hands back who waited', find: findWrongCancel },
  { name: 'close hands back who waited', find: findWrongClose },
  { name: 'drained means nothing is left', find: findWrongDrained },
];

/** In the end every entry has settled, and every started turn has ended. */
function* findLost({ events, lives }: Reading): Iterable<Finding> {
  const at = events.findIndex(({ type }) => type === 'finished');
  if (at === -1) return;
  for (const { entry, startedAt, endedAt, settledAt } of lives) {
    if (settledAt === Infinity) yield { at, message: `entry ${entry} never settled` };
    if (startedAt < Infinity && endedAt === Infinity) yield { at, message: `entry ${entry} never ended` };
  }
}

function* findSettledTwice({ events, lifeOf }: Reading): Iterable<Finding> {
  for (const [at, event] of events.entries()) {
    if (event.type !== 'settled' || lifeOf(event.entry).settledAt === at) continue;
    yield { at, message: `entry ${event.entry} settled again` };
  }
}

/**
 * Either the task's own result, after its end, and nothing ended the entry before; or a code that
 * something in the history justifies, and nothing else did before that.
 */
function* findWrongOutcome({ lives, quietPoints }: Reading): Iterable<Finding> {
  for (const life of lives) {
    if (life.settleResult === undefined || life.settledCode === 'full') continue;
    const wrong = life.settledCode === undefined ? wrongResult(life) : wrongCode(life, life.settledCode, quietPoints);
    if (wrong !== undefined) yield { at: life.settledAt, message: `entry ${life.entry} ${wrong}` };
  }
}

function wrongResult(life: Life): string | undefined {
  if (life.endedAt > life.settledAt) return 'settled with a result before its task had ended';
  const [told, ended] = [JSON.stringify(life.settleResult), JSON.stringify(life.endResult)];
  if (told !== ended) return `settled with ${told} although its task ended with ${ended}`;
  const cause = appliedCauses(life).find(({ by }) => by < life.endedAt);
  return cause && `settled with its result although it was ${cause.code} before`;
}

function wrongCode(life: Life, code: Cause['code'], quietPoints: readonly number[]): string | undefined {
  const applied = appliedCauses(life);
  const cause = applied.find((one) => one.code === code && one.from < life.settledAt);
  if (cause === undefined) return `settled as ${code} without a cause`;
  const earlier = applied.find(({ by }) => by < cause.from);
  if (earlier !== undefined) return `settled as ${code} although it was ${earlier.code} before`;
  // A task has ended some microtasks before its queue can know.
  return quietPoints.some((quiet) => quiet > life.endedAt && quiet < cause.from)
    ? `settled as ${code} although its task had ended before`
    : undefined;
}

/** The causes that could have touched the entry: a time to live counts only while it waits, however late its timer. */
function appliedCauses({ causes, startedAt }: Life): Cause[] {
  return causes.filter(({ code, by }) => code !== 'expired' || startedAt > by || startedAt === Infinity);
}

/** By the next quiet point the caller knows, even if an aborted turn goes on. */
function* findUntold({ lives, events, quietPoints }: Reading): Iterable<Finding> {
  const closedAt = events.findIndex(({ type }) => type === 'close-resolved');
  for (const life of lives) {
    const ends = appliedCauses(life).map(({ by }) => by);
    if (closedAt > life.calledAt) ends.push(closedAt);
    const due = Math.min(life.endedAt, ...ends);
    const at = quietPoints.find((quiet) => quiet > due && quiet < life.settledAt);
    if (at !== undefined) yield { at, message: `entry ${life.entry} was over and its caller not told` };
  }
}

/** A running turn that reads its signal learns of the abort. */
function* findUnaborted({ events, lives, quietPoints }: Reading): Iterable<Finding> {
  for (const life of lives) {
    if (life.started?.listens !== true || life.settledCode === undefined) continue;
    const at = quietPoints.find((quiet) => quiet > life.settledAt) ?? Infinity;
    const isTold = events.some(({ type, ...event }, index) => {
      return index < at && type === 'turn-aborted' && 'entry' in event && event.entry === life.entry;
    });
    if (life.endedAt > at && !isTold) yield { at, message: `the turn of entry ${life.entry} wasn't told` };
  }
}

/** Everything that waited leaves in one step and is handed back in order; who was chosen to start comes first. */
function* findWrongCancel(reading: Reading): Iterable<Finding> {
  const { events, lives, lifeOf } = reading;
  for (const [at, event] of events.entries()) {
    if (event.type !== 'cancel-returned') continue;
    const calledAt = events.findLastIndex(({ type }, index) => index < at && type === 'cancel-called');
    const inLine = lives.filter((life) => life.key === event.key && !life.isRefused && life.calledAt < calledAt);
    const surely = inLine.filter((life) => life.startedAt > calledAt && life.leftFrom >= calledAt);
    const missing = surely.find(({ entry }) => !event.entries.includes(entry));
    if (missing !== undefined) yield { at, message: `cancel left entry ${missing.entry}` };
    const intruder = event.entries.find(
      (entry) => !inLine.some((life) => life.entry === entry && life.startedAt === Infinity && life.leftBy >= at),
    );
    if (intruder !== undefined) {
      yield { at, message: `cancel handed back entry ${intruder}, which didn't wait` };
    }
    const [first, ...rest] = event.entries.map((entry) => lifeOf(entry));
    if (first === undefined) continue;
    const chosenFrom = couldBeChosenFrom(reading, first, calledAt);
    const isInOrder = [first, ...rest].every((life, index, all) => {
      const next = all[index + 1];
      return next === undefined || !isBefore(next, life) || (index === 0 && next.calledAt >= chosenFrom);
    });
    if (!isInOrder) yield { at, message: `cancel handed back out of order: ${event.entries.join()}` };
  }
}

/** Of several calls the first gives its report to all, and so may tell later of a turn that has ended since. */
function* findWrongClose({ events, lives }: Reading): Iterable<Finding> {
  const at = events.findIndex(({ type }) => type === 'close-resolved');
  const event = events[at];
  if (event?.type !== 'close-resolved') return;
  const closed = lives.filter((life) => life.settledCode === 'closed' && life.startedAt === Infinity);
  if (closed.map(({ entry }) => entry).join() !== event.unstarted.join()) {
    yield { at, message: `close handed back [${event.unstarted.join()}]` };
  }
  const running = lives.filter((life) => life.startedAt < at && life.endedAt > at);
  const untold = running.find(({ entry, settledCode }) => settledCode === 'closed' && !event.stuck.includes(entry));
  if (untold !== undefined) yield { at, message: `close did not tell of entry ${untold.entry} as stuck` };
  const ended = event.stuck.find((entry) => !running.some((life) => life.entry === entry));
  if (ended !== undefined) yield { at, message: `close told of entry ${ended} as stuck` };
}

/** It resolves where nothing was left at some moment since, and by the quiet point after that moment. */
function* findWrongDrained({ events, lives, quietPoints }: Reading): Iterable<Finding> {
  const count = (type: 'drained-called' | 'drained-resolved', until: number): number =>
    events.filter((event, index) => event.type === type && index < until).length;
  const wasEmpty = (from: number, until: number): boolean => {
    for (let index = from; index <= until; index += 1) if (countPending(lives, 'surely', index) === 0) return true;
    return false;
  };
  for (const [at, event] of events.entries()) {
    if (event.type !== 'drained-resolved') continue;
    const restedAt = quietPoints.findLast((quiet) => quiet < at) ?? 0;
    if (!wasEmpty(restedAt, at)) yield { at, message: 'drained() resolved although something was left' };
  }
  for (const at of quietPoints) {
    const isMissing = count('drained-called', at) > count('drained-resolved', at);
    if (isMissing && countPending(lives, 'maybe', at) === 0) yield { at, message: 'drained() has not resolved' };
  }
}
