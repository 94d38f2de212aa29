/** What a listener is promised: the whole story of every entry, in order, and never inside a call. */
import { countPending } from '../entry-lives.ts';
import type { Life } from '../entry-lives.ts';
import type { HistoryEvent } from '../history.ts';
import type { Finding, Reading, Rule } from '../rule.ts';

export const eventRules: readonly Rule[] = [
  { name: 'listeners are told the story', find: findWrongStories },
  { name: 'listeners are told of refusals', find: findWrongRefusals },
  { name: 'listeners are told that the queue is drained', find: findUntoldDrain },
  { name: 'no listener inside cancel or an abort', find: findTellingInsideCalls },
];

type Told = HistoryEvent & { readonly type: 'told' };

/** An entry that was taken is told as enqueued, started if it ran, ended if it did, and settled once with its code. */
function* findWrongStories(reading: Reading): Iterable<Finding> {
  const [at, told] = toldInTheEnd(reading);
  if (at === undefined) return;
  const taken = reading.lives.filter((life) => !wasRefused(life));
  // Entries are taken in the order of their calls, which is the only thing that names the unstarted.
  const ids = told.flatMap(({ what, id }) => (what === 'enqueued' ? [id] : []));
  if (ids.length !== taken.length) yield { at, message: `${ids.length} entries were told as enqueued` };
  for (const [index, life] of taken.entries()) {
    const story = told.filter(({ id }) => id === ids[index]);
    const shown = story.map(({ what, code }) => (what === 'settled' ? `settled ${code ?? ''}` : what));
    const expected = storyOf(life);
    const kept = shown.filter((what) => expected.includes(what) || !optional.has(what));
    // An abort settles an entry before its turn ends, so only the set is the same for all.
    if (kept.toSorted().join() === expected.toSorted().join() && isInOrder(shown)) continue;
    yield { at, message: `entry ${life.entry} was told as ${shown.join()} instead of ${expected.join()}` };
  }
}

const optional: ReadonlySet<string> = new Set(['aborted', 'stuck', 'released']);

function storyOf({ startedAt, endedAt, settledAt, settledCode }: Life): string[] {
  return [
    'enqueued',
    ...(startedAt < Infinity ? ['started'] : []),
    ...(startedAt < Infinity && settledCode !== undefined ? ['aborted'] : []),
    ...(endedAt < Infinity ? ['ended'] : []),
    ...(settledAt < Infinity ? [`settled ${settledCode ?? ''}`] : []),
  ];
}

function isInOrder(shown: readonly string[]): boolean {
  const [enqueued, started, ended] = [shown.indexOf('enqueued'), shown.indexOf('started'), shown.indexOf('ended')];
  const settled = shown.findIndex((what) => what.startsWith('settled'));
  const begin = started === -1 ? enqueued : started;
  return enqueued <= begin && (settled === -1 || begin < settled) && (ended === -1 || begin < ended);
}

function* findWrongRefusals(reading: Reading): Iterable<Finding> {
  const [at, told] = toldInTheEnd(reading);
  if (at === undefined) return;
  const shown = told.flatMap(({ what, code }) => (what === 'refused' ? [code] : []));
  const expected = reading.lives.filter(wasRefused).map(({ settledCode }) => settledCode);
  if (shown.join() !== expected.join()) yield { at, message: `refusals were told as ${shown.join()}` };
}

/** When everything has left, that is the last thing told of any entry's coming or going. */
function* findUntoldDrain(reading: Reading): Iterable<Finding> {
  const [at, told] = toldInTheEnd(reading);
  if (at === undefined || countPending(reading.lives, 'maybe', at) > 0) return;
  const last = told.findLast(({ what }) => what === 'enqueued' || what === 'drained');
  if (last?.what === 'enqueued') yield { at, message: 'it was not told that nothing is left' };
}

/** Of `enqueue` another rule says the same, and of everything else that runs inside it. */
function* findTellingInsideCalls({ events }: Reading): Iterable<Finding> {
  let call: string | undefined;
  for (const [at, { type }] of events.entries()) {
    if (type === 'cancel-called' || type === 'signal-aborting') call = type;
    if (type === 'cancel-returned' || type === 'signal-aborted') call = undefined;
    if (type === 'told' && call !== undefined) yield { at, message: `a listener was called inside ${call}` };
  }
}

function toldInTheEnd({ history, events }: Reading): [at: number | undefined, told: Told[]] {
  const told = events.filter((event) => event.type === 'told');
  return history.hasListener && events.at(-1)?.type === 'finished' ? [events.length - 1, told] : [undefined, told];
}

function wasRefused({ isRefused, causes, returnedAt }: Life): boolean {
  return isRefused || causes.some(({ code, by }) => code === 'aborted' && by <= returnedAt);
}
