/** One message as plain data: where it goes, how it is enqueued, and what the handler does in a turn that it carries. */
import fc from 'fast-check';
import { anyKey, maybe } from './focus.ts';
import type { Focus } from './focus.ts';

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

/** `wait` goes on when the scheduler says so. What a turn enqueues it doesn't await. */
export type HandlerAct =
  | 'wait'
  | 'take'
  | 'acknowledge'
  | 'progress'
  | { readonly receiveMs: number }
  | { readonly enqueues: MessagePlan };

export function messagePlan(focus: Focus): fc.Arbitrary<MessagePlan> {
  const enqueues = fc.record({ enqueues: planWith(focus, handlerPlan(focus)) });
  return planWith(focus, handlerPlan(focus, enqueues));
}

/** A message whose turn enqueues nothing, so that every program ends. */
export function lastMessagePlan(focus: Focus): fc.Arbitrary<MessagePlan> {
  return planWith(focus, handlerPlan(focus));
}

function planWith(focus: Focus, handler: fc.Arbitrary<HandlerPlan>): fc.Arbitrary<MessagePlan> {
  return fc.record({
    key: anyKey(focus),
    sender: fc.oneof({ weight: 2, arbitrary: fc.constant('ada') }, { weight: 1, arbitrary: fc.constant('bob') }),
    id: maybe(focus.has('ids'), fc.constantFrom('x', 'y', 'z')),
    priority: maybe(false, fc.constantFrom(-0.05, 0.005, 0.02, 5)),
    timeoutMs: maybe(false, fc.constantFrom(5, 30)),
    ttlMs: maybe(false, fc.constantFrom(10, 50)),
    signal: fc.oneof(
      { weight: 12, arbitrary: fc.constant('none' as const) },
      { weight: 2, arbitrary: fc.constant('own' as const) },
      { weight: 1, arbitrary: fc.constantFrom('shared' as const, 'aborted' as const) },
    ),
    handler,
  });
}

function handlerPlan(focus: Focus, enqueues?: fc.Arbitrary<HandlerAct>): fc.Arbitrary<HandlerPlan> {
  const act = fc.oneof(
    { weight: 6, arbitrary: fc.constant<HandlerAct>('wait') },
    { weight: focus.has('take') ? 6 : 1, arbitrary: fc.constant<HandlerAct>('take') },
    { weight: focus.has('take') ? 2 : 1, arbitrary: fc.constant<HandlerAct>('acknowledge') },
    { weight: 1, arbitrary: fc.constant<HandlerAct>('progress') },
    {
      weight: focus.has('receive') ? 6 : 1,
      arbitrary: fc.record({ receiveMs: fc.constantFrom(5, 30, 100, Infinity) }),
    },
    ...(enqueues === undefined ? [] : [{ weight: focus.has('nested') ? 6 : 1, arbitrary: enqueues }]),
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
