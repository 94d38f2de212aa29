/** What one session promises: one turn at a time, in order, each entry once, and only what was enqueued. */
import { holds, isBefore, waits } from '../entry-lives.ts';
import type { Life } from '../entry-lives.ts';
import { isPaused } from '../rule.ts';
import type { Finding, Reading, Rule } from '../rule.ts';
import { couldBeChosenFrom } from '../slots-in-use.ts';

export const laneRules: readonly Rule[] = [
  { name: 'one turn at a time', find: findOverlap },
  { name: 'in order', find: findDisorder },
  { name: 'nothing from nowhere', find: findIntruders },
  { name: 'no second run', find: findSecondRuns },
  { name: 'what was dropped never runs', find: findRisen },
  { name: 'epochs grow', find: findStaleEpochs },
  { name: 'a pause holds', find: findStartsInPause },
  { name: 'each task in its own context', find: findForeignContext },
];

/** A lane is closed from a turn's start until it has ended, or was released after its grace. */
function* findOverlap({ events, lives, lifeOf }: Reading): Iterable<Finding> {
  for (const [at, event] of events.entries()) {
    if (event.type !== 'started') continue;
    const { key } = lifeOf(event.entry);
    const holder = lives.find((other) => other.key === key && other.startedAt < at && holds(other, 'surely', at));
    if (holder === undefined) continue;
    yield { at, message: `${name(lifeOf(event.entry))} started while ${name(holder)} held the lane` };
  }
}

/**
 * The next turn is that of the entry with the best rank, by time and head start, then by arrival.
 * An entry leaves the line when lane and slot are free for it, and its task is called microtasks
 * later; who comes after that moment comes too late to be before it.
 */
function* findDisorder(reading: Reading): Iterable<Finding> {
  for (const life of started(reading.lives)) {
    const ahead = reading.lives.filter(
      (other) => other.key === life.key && isBefore(other, life) && waits(other, 'surely', life.startedAt),
    );
    if (ahead.length === 0) continue;
    const chosenFrom = couldBeChosenFrom(reading, life, life.startedAt);
    const overtaken = ahead.find(({ calledAt }) => calledAt < chosenFrom);
    if (overtaken === undefined) continue;
    yield { at: life.startedAt, message: `${name(life)} started although ${name(overtaken)} was before it in line` };
  }
}

/** A turn is that of an entry which was enqueued, with its session's key, at its first attempt. */
function* findIntruders({ lives }: Reading): Iterable<Finding> {
  for (const { started: turn, startedAt: at, ...life } of started(lives)) {
    if (turn?.key !== life.key) yield { at, message: `${name(life)} was told the key ${JSON.stringify(turn?.key)}` };
    if (turn?.attempt !== 1) yield { at, message: `${name(life)} was told attempt ${String(turn?.attempt)}` };
    if (at < life.calledAt) yield { at, message: `${name(life)} started before it was enqueued` };
  }
}

function* findSecondRuns({ events, lifeOf }: Reading): Iterable<Finding> {
  for (const [at, event] of events.entries()) {
    if (event.type !== 'started' || lifeOf(event.entry).startedAt === at) continue;
    yield { at, message: `${name(lifeOf(event.entry))} started a second time` };
  }
}

/** Aborted, cancelled, expired, closed or refused while it waited: then it stays unstarted. */
function* findRisen({ lives }: Reading): Iterable<Finding> {
  for (const life of started(lives)) {
    const { startedAt: at } = life;
    const cause = life.causes.find(({ by }) => by < at);
    if (cause !== undefined) yield { at, message: `${name(life)} started although it was ${cause.code} before` };
    else if (life.settledAt < at) yield { at, message: `${name(life)} started after its caller was told the end` };
  }
}

/** Whoever writes elsewhere is fenced by the epoch: a later turn of a session has a greater one. */
function* findStaleEpochs({ lives }: Reading): Iterable<Finding> {
  const greatest = new Map<string, number>();
  for (const life of [...started(lives)].toSorted((one, other) => one.startedAt - other.startedAt)) {
    const epoch = life.started?.epoch ?? 0;
    const before = greatest.get(life.key) ?? -Infinity;
    if (epoch <= before) {
      yield { at: life.startedAt, message: `${name(life)} has epoch ${epoch} after ${before}` };
    }
    greatest.set(life.key, Math.max(epoch, before));
  }
}

function* findStartsInPause({ events, lives }: Reading): Iterable<Finding> {
  for (const life of started(lives)) {
    if (!isPaused(events, life.key, life.startedAt)) continue;
    yield { at: life.startedAt, message: `${name(life)} started in a pause` };
  }
}

function* findForeignContext({ lives }: Reading): Iterable<Finding> {
  for (const life of started(lives)) {
    const context = life.started?.context;
    if (context === life.entry) continue;
    yield { at: life.startedAt, message: `${name(life)} ran in the context of ${context}` };
  }
}

function* started(lives: readonly Life[]): Iterable<Life> {
  for (const life of lives) if (life.startedAt !== Infinity) yield life;
}

function name({ entry, key }: Pick<Life, 'entry' | 'key'>): string {
  return `entry ${entry} of ${JSON.stringify(key)}`;
}
