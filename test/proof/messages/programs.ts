/**
 * Programs for a queue of messages, as plain data: its policy, what its handler does with each
 * message, and what callers do meanwhile. Few keys, few ids, short times.
 */
import fc from 'fast-check';
import type { MessageQueueOptions } from '#src/index.ts';
import type { Interval } from '../programs.ts';
import { anyKey, focuses, maybe } from './focus.ts';
import type { Focus } from './focus.ts';
import { lastMessagePlan, messagePlan } from './message-plans.ts';
import type { MessagePlan } from './message-plans.ts';
import type { Fault, PolicyPlan, Stage } from './policy-plans.ts';

export interface MessageProgram {
  readonly settings: QueueSettings;
  readonly policy: PolicyPlan;
  readonly steps: readonly MessageStep[];
  /** What `onDrop` enqueues, one at each of its first calls. */
  readonly onDrop: readonly MessagePlan[];
}

/** The numbers among a queue's options. */
export type QueueSettings = Pick<
  MessageQueueOptions<never, unknown>,
  | 'concurrency'
  | 'timeoutMs'
  | 'idleTimeoutMs'
  | 'graceMs'
  | 'maxPending'
  | 'maxPendingPerSession'
  | 'rememberMs'
  | 'rememberMax'
>;

export type MessageStep = MessageAct | Interval;

/** Something done from outside. */
export type MessageAct =
  | { readonly do: 'enqueue'; readonly message: MessagePlan }
  | { readonly do: 'abort' | 'cancel ticket' | 'progress'; readonly nth: number }
  | { readonly do: 'cancel'; readonly key: string }
  | { readonly do: 'pause' | 'resume' | 'probe'; readonly key: string | undefined }
  | { readonly do: 'stop' | 'drained' }
  | { readonly do: 'close'; readonly drainMs: number }
  | { readonly do: 'let one go on' };

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

const debounce: fc.Arbitrary<Stage> = fc.record({
  is: fc.constant('debounce' as const),
  ms: fc.constantFrom(10, 20),
  maxMs: fc.constantFrom(20, 30, 60),
});

const rateLimit: fc.Arbitrary<Stage> = fc.record({
  is: fc.constant('rateLimit' as const),
  n: fc.integer({ min: 1, max: 2 }),
  perMs: fc.constantFrom(20, 60),
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
  { weight: 6, arbitrary: debounce },
  {
    weight: 4,
    arbitrary: fc.record({
      is: fc.constant('cap' as const),
      n: fc.integer({ min: 1, max: 3 }),
      who: fc.constantFrom('oldest' as const, 'newest' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('ttl' as const), ms: fc.constantFrom(10, 30) }) },
  { weight: 4, arbitrary: rateLimit },
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
    onDrop: fc.array(lastMessagePlan(focus), { maxLength: focus.has('nested') ? 3 : 0, size: 'max' }),
  });
}

function settings(focus: Focus): fc.Arbitrary<QueueSettings> {
  return fc.record({
    concurrency: maybe(focus.has('slots'), fc.integer({ min: 1, max: 2 })),
    timeoutMs: maybe(focus.has('time'), fc.constantFrom(50, 200)),
    idleTimeoutMs: maybe(focus.has('time'), fc.constantFrom(30, 80)),
    graceMs: maybe(focus.has('time'), fc.constantFrom(0, 20)),
    maxPending: maybe(focus.has('limits'), fc.integer({ min: 1, max: 5 })),
    maxPendingPerSession: maybe(focus.has('limits'), fc.integer({ min: 1, max: 3 })),
    rememberMs: maybe(focus.has('ids'), fc.constantFrom(0, 25)),
    rememberMax: maybe(focus.has('ids'), fc.integer({ min: 1, max: 3 })),
  });
}

function policyPlan(focus: Focus): fc.Arbitrary<PolicyPlan> {
  if (focus.has('holds')) {
    const holding = fc.oneof(debounce, rateLimit);
    return fc.oneof(fc.tuple(holding), fc.tuple(holding, stage), fc.tuple(stage, holding));
  }
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
    { weight: 1, arbitrary: fc.record({ do: fc.constant('probe' as const), key: anyOrAll(focus) }) },
    { weight: times(focus.has('holds') ? 4 : 2, focus.has('control')), arbitrary: control(focus) },
  );
}

function control(focus: Focus): fc.Arbitrary<MessageStep> {
  return fc.oneof(
    {
      weight: focus.has('holds') ? 18 : 6,
      arbitrary: fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const), key: anyOrAll(focus) }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('cancel' as const), key: anyKey(focus) }) },
    { weight: 1, arbitrary: fc.constant<MessageStep>({ do: 'stop' }) },
    { weight: 2, arbitrary: fc.constant<MessageStep>({ do: 'drained' }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('close' as const), drainMs: fc.constantFrom(0, 40, Infinity) }),
    },
  );
}

function anyOrAll(focus: Focus): fc.Arbitrary<string | undefined> {
  const weight = focus.has('holds') ? 1 : 3;
  return fc.oneof({ weight, arbitrary: anyKey(focus) }, { weight: 1, arbitrary: fc.constant(undefined) });
}
