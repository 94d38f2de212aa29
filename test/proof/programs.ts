/**
 * Programs: what callers may do with a queue, generated as plain data, so that a failing one can be
 * made small and printed. Few keys, short times and odd tasks, because that is where queues break.
 */
import fc from 'fast-check';
import type { QueueOptions } from '#src/index.ts';

export interface Program {
  readonly options: QueueOptions;
  /** Whether somebody listens to the queue's events. */
  readonly hasListener: boolean;
  readonly steps: readonly Step[];
}

/** Acts follow each other in one go, until a pause between them. */
export type Step = Act | Interval;

/** Something done from outside. */
export type Act =
  | { readonly do: 'enqueue'; readonly entry: EntryPlan }
  /** Aborts one of the signals that entries were given, chosen by number. */
  | { readonly do: 'abort'; readonly nth: number }
  | { readonly do: 'cancel'; readonly key: string }
  | { readonly do: 'pause' | 'resume' | 'probe'; readonly key: string | undefined }
  | { readonly do: 'stop' | 'drained' }
  | { readonly do: 'close'; readonly drainMs: number }
  /** A running turn, chosen by number, tells that it is alive. */
  | { readonly do: 'progress'; readonly nth: number }
  /** Keeps the event loop from going on, so that time goes by and no timer fires. */
  | { readonly do: 'block'; readonly ms: number }
  /** Lets the scheduler choose a task that may go on. */
  | { readonly do: 'let one go on' };

/** Time for the queue: a microtask, as long as anything happens, or by the clock. */
export type Interval =
  | { readonly do: 'microtask' | 'settle' }
  /** Moves the clock: in one jump, as after a blocked event loop, or from timer to timer. */
  | { readonly do: 'wait'; readonly ms: number; readonly how: 'jump' | 'walk' };

export interface EntryPlan {
  readonly key: string;
  readonly task: TaskPlan;
  readonly priority: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly ttlMs: number | undefined;
  readonly signal: 'none' | 'own' | 'shared' | 'aborted';
}

export interface TaskPlan {
  /** Whether it ends at once, or when the scheduler lets it go on. */
  readonly takes: 'no time' | 'time';
  readonly abort: 'ignores' | 'obeys';
  readonly ends: 'value' | 'error' | 'nothing' | 'thenable' | 'failing thenable';
  /** Another entry that it enqueues, and whether it awaits that: at once, or when it has gone on. */
  readonly inner: { readonly entry: EntryPlan; readonly awaits: 'never' | 'at once' | 'later' } | undefined;
}

/** Few keys meet often; the odd ones are those that break a plain object used as a map. */
export const keys: readonly string[] = ['a', 'b', '__proto__', ''];

/** What a program does a lot of; everything else happens in it too, seldom. */
type Focus = ReadonlySet<'slots' | 'time' | 'awaits' | 'signals' | 'control'>;

// Bugs hide where two or three things meet, and a program that does a bit of everything has few meetings.
const focuses: readonly Focus[] = [
  new Set(),
  new Set(['slots']),
  new Set(['time']),
  new Set(['time', 'slots']),
  new Set(['control']),
  new Set(['slots', 'control']),
  new Set(['slots', 'awaits']),
  new Set(['slots', 'awaits', 'time']),
  new Set(['awaits', 'signals']),
  new Set(['time', 'signals', 'control']),
];

/** Programs of every kind. */
export const programs: fc.Arbitrary<Program> = fc.oneof(...focuses.map(programsWith));

function programsWith(focus: Focus): fc.Arbitrary<Program> {
  return fc.record({
    options: queueOptions(focus),
    hasListener: fc.boolean(),
    steps: fc.array(step(focus), { minLength: 1, maxLength: 30, size: 'max' }),
  });
}

function queueOptions(focus: Focus): fc.Arbitrary<QueueOptions> {
  return fc.record({
    concurrency: maybe(focus.has('slots'), fc.integer({ min: 1, max: 3 })),
    timeoutMs: maybe(focus.has('time'), fc.constantFrom(50, 200)),
    idleTimeoutMs: maybe(false, fc.constantFrom(30, 80)),
    graceMs: maybe(focus.has('time'), fc.constantFrom(0, 20)),
    maxPending: maybe(false, fc.integer({ min: 1, max: 6 })),
    maxPendingPerSession: maybe(false, fc.integer({ min: 1, max: 3 })),
  });
}

function step(focus: Focus): fc.Arbitrary<Step> {
  const entry = entryPlan(focus, 2);
  const byNumber = fc.nat(5);
  const times = (weight: number, isFocused: boolean): number => (isFocused ? weight * 4 : weight);
  return fc.oneof(
    { weight: 24, arbitrary: fc.record({ do: fc.constant('enqueue' as const), entry }) },
    { weight: 10, arbitrary: fc.constant<Step>({ do: 'let one go on' }) },
    { weight: 6, arbitrary: fc.constant<Step>({ do: 'settle' }) },
    { weight: 5, arbitrary: fc.constant<Step>({ do: 'microtask' }) },
    { weight: times(3, focus.has('time')), arbitrary: waiting() },
    {
      weight: times(2, focus.has('signals')),
      arbitrary: fc.record({ do: fc.constant('abort' as const), nth: byNumber }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('probe' as const), key: anyOrAll() }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('block' as const), ms: fc.constantFrom(5, 15, 40) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('progress' as const), nth: byNumber }) },
    { weight: times(3, focus.has('control')), arbitrary: control() },
  );
}

function control(): fc.Arbitrary<Step> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const), key: anyOrAll() }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('cancel' as const), key: anyKey() }) },
    { weight: 3, arbitrary: fc.constant<Step>({ do: 'drained' }) },
    { weight: 1, arbitrary: fc.constant<Step>({ do: 'stop' }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('close' as const), drainMs: fc.constantFrom(0, 40, Infinity) }),
    },
  );
}

function waiting(): fc.Arbitrary<Step> {
  return fc.record({
    do: fc.constant('wait' as const),
    ms: fc.constantFrom(1, 10, 20, 30, 60, 250, 6_000),
    how: fc.constantFrom('jump' as const, 'walk' as const),
  });
}

function entryPlan(focus: Focus, depth: number): fc.Arbitrary<EntryPlan> {
  return fc.record({
    key: anyKey(),
    task: taskPlan(focus, depth),
    priority: maybe(false, fc.constantFrom(-0.05, 0.005, 0.02, 5)),
    timeoutMs: maybe(focus.has('time'), fc.constantFrom(5, 30)),
    ttlMs: maybe(focus.has('time'), fc.constantFrom(10, 50)),
    signal: fc.oneof(
      { weight: focus.has('signals') ? 4 : 12, arbitrary: fc.constant('none' as const) },
      { weight: 3, arbitrary: fc.constant('own' as const) },
      { weight: 1, arbitrary: fc.constantFrom('shared' as const, 'aborted' as const) },
    ),
  });
}

function taskPlan(focus: Focus, depth: number): fc.Arbitrary<TaskPlan> {
  return fc.record({
    takes: fc.oneof(
      { weight: 2, arbitrary: fc.constant('time' as const) },
      { weight: 1, arbitrary: fc.constant('no time' as const) },
    ),
    abort: fc.constantFrom('ignores' as const, 'obeys' as const),
    ends: fc.oneof(
      { weight: 4, arbitrary: fc.constant('value' as const) },
      { weight: 4, arbitrary: fc.constantFrom('error', 'nothing', 'thenable', 'failing thenable') },
    ),
    inner: depth === 0 ? fc.constant(undefined) : maybe(focus.has('awaits'), innerPlan(focus, depth)),
  });
}

function innerPlan(focus: Focus, depth: number): fc.Arbitrary<NonNullable<TaskPlan['inner']>> {
  return fc.record({
    entry: entryPlan(focus, depth - 1),
    awaits: fc.constantFrom('never', 'at once', 'later'),
  });
}

function anyOrAll(): fc.Arbitrary<string | undefined> {
  return fc.oneof({ weight: 3, arbitrary: anyKey() }, { weight: 1, arbitrary: fc.constant(undefined) });
}

function anyKey(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('a', 'b') },
    { weight: 2, arbitrary: fc.constantFrom(...keys) },
  );
}

/** Undefined, or in one of two cases (one of six) something else; it shrinks to undefined. */
function maybe<Value>(isOften: boolean, arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  const shrinks = { withCrossShrink: true };
  return fc.oneof(shrinks, { weight: isOften ? 1 : 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}
