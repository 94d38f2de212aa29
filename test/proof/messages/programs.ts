/**
 * Programs for a queue of messages, as plain data: its policy, what its handler does with each
 * message, and what callers do meanwhile. Few keys, few ids, short times.
 */
import fc from 'fast-check';
import type { MessageQueueOptions } from '#src/index.ts';
import type { Interval } from '../programs.ts';
import type { Fault, PolicyPlan, Stage } from './policy-plans.ts';

export interface MessageProgram {
  readonly settings: QueueSettings;
  readonly policy: PolicyPlan;
  readonly steps: readonly MessageStep[];
}

/** The numbers among a queue's options. */
export type QueueSettings = Pick<
  MessageQueueOptions<never, unknown>,
  'concurrency' | 'timeoutMs' | 'idleTimeoutMs' | 'graceMs' | 'rememberMs'
>;

export type MessageStep = MessageAct | Interval;

/** Something done from outside. */
export type MessageAct =
  | { readonly do: 'enqueue'; readonly message: MessagePlan }
  | { readonly do: 'abort' | 'cancel ticket' | 'progress'; readonly nth: number }
  | { readonly do: 'cancel'; readonly key: string }
  | { readonly do: 'pause' | 'resume' | 'probe'; readonly key: string | undefined }
  | { readonly do: 'stop' }
  | { readonly do: 'close'; readonly drainMs: number }
  | { readonly do: 'let one go on' };

export interface MessagePlan {
  readonly key: string;
  readonly sender: string;
  readonly id: string | undefined;
  readonly priority: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly ttlMs: number | undefined;
  readonly signal: 'none' | 'own' | 'shared' | 'aborted';
  readonly handler: HandlerPlan;
}

/** What the handler does in a turn that this message carries. */
export interface HandlerPlan {
  readonly acts: readonly HandlerAct[];
  readonly abort: 'ignores' | 'obeys';
  readonly ends: 'value' | 'error';
}

/** `wait` goes on when the scheduler says so. */
export type HandlerAct = 'wait' | 'take' | 'acknowledge' | 'progress' | { readonly receiveMs: number };

export const messageKeys: readonly string[] = ['a', 'b', '__proto__'];

type Focus = ReadonlySet<'slots' | 'time' | 'receive' | 'take' | 'control' | 'ids' | 'faults'>;

const focuses: readonly Focus[] = [
  new Set(),
  new Set(['take']),
  new Set(['take', 'time']),
  new Set(['receive']),
  new Set(['receive', 'slots']),
  new Set(['receive', 'time', 'take']),
  new Set(['slots']),
  new Set(['slots', 'time', 'take']),
  new Set(['time']),
  new Set(['control']),
  new Set(['control', 'take', 'receive']),
  new Set(['ids']),
  new Set(['ids', 'control', 'time']),
  new Set(['faults']),
  new Set(['faults', 'slots', 'time']),
];

const faulty: fc.Arbitrary<Stage> = fc.record({
  is: fc.constant('faulty' as const),
  every: fc.integer({ min: 1, max: 6 }),
  how: fc.constantFrom<Fault[]>(
    'throws',
    'wakes in the past',
    'starts a stranger',
    'drops twice',
    'starts during a turn',
  ),
});

const stage: fc.Arbitrary<Stage> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Stage>({ is: 'fifo' }) },
  { weight: 6, arbitrary: fc.record({ is: fc.constantFrom('reject' as const, 'latest' as const) }) },
  { weight: 5, arbitrary: fc.constant<Stage>({ is: 'interrupt' }) },
  {
    weight: 7,
    arbitrary: fc.record({
      is: fc.constant('collect' as const),
      by: fc.constantFrom('all' as const, 'sender' as const),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      is: fc.constant('debounce' as const),
      ms: fc.constantFrom(10, 20),
      maxMs: fc.constantFrom(20, 30, 60),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      is: fc.constant('cap' as const),
      n: fc.integer({ min: 1, max: 3 }),
      who: fc.constantFrom('oldest' as const, 'newest' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('ttl' as const), ms: fc.constantFrom(10, 30) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      is: fc.constant('rateLimit' as const),
      n: fc.integer({ min: 1, max: 2 }),
      perMs: fc.constantFrom(20, 60),
    }),
  },
);

const waiting: fc.Arbitrary<MessageStep> = fc.record({
  do: fc.constant('wait' as const),
  ms: fc.constantFrom(1, 5, 10, 20, 30, 60, 250),
  how: fc.constantFrom('jump' as const, 'walk' as const),
});

/** Programs of every kind. */
export const messagePrograms: fc.Arbitrary<MessageProgram> = fc.oneof(...focuses.map(programsWith));

function programsWith(focus: Focus): fc.Arbitrary<MessageProgram> {
  return fc.record({
    settings: settings(focus),
    policy: policyPlan(focus),
    steps: fc.array(step(focus), { minLength: 1, maxLength: 30, size: 'max' }),
  });
}

function settings(focus: Focus): fc.Arbitrary<QueueSettings> {
  return fc.record({
    concurrency: maybe(focus.has('slots'), fc.integer({ min: 1, max: 2 })),
    timeoutMs: maybe(focus.has('time'), fc.constantFrom(50, 200)),
    idleTimeoutMs: maybe(focus.has('time'), fc.constantFrom(30, 80)),
    graceMs: maybe(focus.has('time'), fc.constantFrom(0, 20)),
    rememberMs: maybe(focus.has('ids'), fc.constantFrom(0, 25)),
  });
}

function policyPlan(focus: Focus): fc.Arbitrary<PolicyPlan> {
  const one = focus.has('faults') ? fc.oneof({ weight: 2, arbitrary: stage }, { weight: 1, arbitrary: faulty }) : stage;
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: fc.tuple(one) },
    { weight: 4, arbitrary: fc.array(one, { minLength: 2, maxLength: 4, size: 'max' }) },
  );
}

function step(focus: Focus): fc.Arbitrary<MessageStep> {
  const byNumber = fc.nat(7);
  const times = (weight: number, isFocused: boolean): number => (isFocused ? weight * 3 : weight);
  return fc.oneof(
    { weight: 26, arbitrary: fc.record({ do: fc.constant('enqueue' as const), message: messagePlan(focus) }) },
    { weight: 10, arbitrary: fc.constant<MessageStep>({ do: 'let one go on' }) },
    { weight: 7, arbitrary: fc.constant<MessageStep>({ do: 'settle' }) },
    { weight: 5, arbitrary: fc.constant<MessageStep>({ do: 'microtask' }) },
    { weight: times(5, focus.has('time')), arbitrary: waiting },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const), nth: byNumber }) },
    {
      weight: times(1, focus.has('control')),
      arbitrary: fc.record({ do: fc.constant('cancel ticket' as const), nth: byNumber }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('progress' as const), nth: byNumber }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('probe' as const), key: anyOrAll() }) },
    { weight: times(2, focus.has('control')), arbitrary: control() },
  );
}

function control(): fc.Arbitrary<MessageStep> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const), key: anyOrAll() }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('cancel' as const), key: anyKey() }) },
    { weight: 1, arbitrary: fc.constant<MessageStep>({ do: 'stop' }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('close' as const), drainMs: fc.constantFrom(0, 40, Infinity) }),
    },
  );
}

function messagePlan(focus: Focus): fc.Arbitrary<MessagePlan> {
  return fc.record({
    key: anyKey(),
    sender: fc.oneof({ weight: 2, arbitrary: fc.constant('ada') }, { weight: 1, arbitrary: fc.constant('bob') }),
    id: maybe(focus.has('ids'), fc.constantFrom('x', 'y')),
    priority: maybe(false, fc.constantFrom(-0.05, 0.005, 0.02, 5)),
    timeoutMs: maybe(false, fc.constantFrom(5, 30)),
    ttlMs: maybe(false, fc.constantFrom(10, 50)),
    signal: fc.oneof(
      { weight: 12, arbitrary: fc.constant('none' as const) },
      { weight: 2, arbitrary: fc.constant('own' as const) },
      { weight: 1, arbitrary: fc.constantFrom('shared' as const, 'aborted' as const) },
    ),
    handler: handlerPlan(focus),
  });
}

function handlerPlan(focus: Focus): fc.Arbitrary<HandlerPlan> {
  const act = fc.oneof(
    { weight: 6, arbitrary: fc.constant<HandlerAct>('wait') },
    { weight: focus.has('take') ? 6 : 1, arbitrary: fc.constant<HandlerAct>('take') },
    { weight: focus.has('take') ? 2 : 1, arbitrary: fc.constant<HandlerAct>('acknowledge') },
    { weight: 1, arbitrary: fc.constant<HandlerAct>('progress') },
    {
      weight: focus.has('receive') ? 6 : 1,
      arbitrary: fc.record({ receiveMs: fc.constantFrom(5, 30, 100, Infinity) }),
    },
  );
  return fc.record({
    acts: fc.array(act, { maxLength: 4, size: 'max' }),
    abort: fc.constantFrom('ignores' as const, 'obeys' as const),
    ends: fc.oneof(
      { weight: 3, arbitrary: fc.constant('value' as const) },
      { weight: 1, arbitrary: fc.constant('error' as const) },
    ),
  });
}

function anyOrAll(): fc.Arbitrary<string | undefined> {
  return fc.oneof({ weight: 3, arbitrary: anyKey() }, { weight: 1, arbitrary: fc.constant(undefined) });
}

function anyKey(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant('a') },
    { weight: 4, arbitrary: fc.constant('b') },
    { weight: 1, arbitrary: fc.constantFrom(...messageKeys) },
  );
}

/** Undefined, or in one of two cases (one of six) something else; it shrinks to undefined. */
function maybe<Value>(isOften: boolean, arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  const shrinks = { withCrossShrink: true };
  return fc.oneof(shrinks, { weight: isOften ? 1 : 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}
