/** `collect`: one turn for everything that belongs together. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { MessagePolicy, Policy } from '#src/policies/index.ts';
import { collect } from '#src/policies/index.ts';

import { expectType } from '../types/same.ts';
import { planOf, testBadArguments, testTable, viewOf, wrong } from './views.ts';

describe('all of them', () => {
  testTable(collect(), [
    ['starts nothing when nothing waits', {}, {}],
    ['starts nothing while a turn runs', { waiting: ['a', 'b'], running: 'runs' }, {}],
    ['starts nothing while a turn is aborting', { waiting: ['a', 'b'], running: 'aborts' }, {}],
    ['starts a single one', { waiting: ['a'] }, { start: ['a'] }],
    ['starts all that wait in one turn', { waiting: ['a', 'b', 'c'] }, { start: ['a', 'b', 'c'] }],
    [
      'keeps the order of the line',
      {
        waiting: [
          { id: 'b', arrival: 2, priority: 9 },
          { id: 'a', arrival: 1 },
        ],
      },
      { start: ['b', 'a'] },
    ],
  ]);
});

describe('those of one sender', () => {
  const sameSender = collect((one: string, next: string) => one[0] === next[0]);
  const from = (...messages: readonly string[]) => ({ waiting: messages.map((id) => ({ id, message: id })) });
  const rows: readonly (readonly [does: string, waiting: readonly string[], start: readonly string[]])[] = [
    ['starts a single one without comparing it', ['a1'], ['a1']],
    ['starts all when all belong together', ['a1', 'a2', 'a3'], ['a1', 'a2', 'a3']],
    ['ends before the first that does not belong', ['a1', 'a2', 'b1', 'a3'], ['a1', 'a2']],
    ['starts one when the second does not belong', ['a1', 'b1', 'b2'], ['a1']],
    ['leaves out the last alone', ['a1', 'a2', 'b1'], ['a1', 'a2']],
  ];
  for (const [does, waiting, start] of rows) {
    test(does, () => assert.deepEqual(planOf(wrong(sameSender), viewOf(from(...waiting))), { start }));
  }
});

test('compares each message with the one behind it, in the order of the line, no further than it has to', () => {
  const compared: string[] = [];
  const rising = collect((one: number, next: number) => {
    compared.push(`${one} ${next}`);
    return next === one + 1;
  });
  const waiting = [5, 6, 7, 1, 2].map((message) => ({ id: String(message), message }));
  assert.deepEqual(planOf(wrong(rising), viewOf({ waiting })), { start: ['5', '6', '7'] });
  assert.deepEqual(compared, ['5 6', '6 7', '7 1']);
});

test('compares nothing when nothing can start', () => {
  const untouched = collect(() => assert.fail('compared'));
  assert.deepEqual(planOf(untouched, viewOf({ waiting: ['a', 'b'], running: 'runs' })), {});
});

test('is reported under its name when the comparison throws', () => {
  const fails = collect(() => {
    throw new Error('no sender');
  });
  assert.throws(() => planOf(fails, viewOf({ waiting: ['a', 'b'] })), {
    name: 'PolicyFailure',
    policyName: 'collect',
    message: 'The policy collect threw an error.',
    cause: new Error('no sender'),
  });
});

test('says that it needs messages, to the compiler too', () => {
  assert.equal(collect().needsMessages, true);
  const ofTexts = collect((one: string, next: string) => one === next);
  expectType<MessagePolicy<string>>()(ofTexts);
  const ofAnything = collect();
  expectType<MessagePolicy>()(ofAnything);
  const policy: MessagePolicy<{ readonly sender: string }> = collect((one, next) => one.sender === next.sender);
  // @ts-expect-error: it looks into messages of its own kind only
  const other: Policy<number> = collect((one: string, next: string) => one === next);
  // @ts-expect-error: a queue of tasks has no messages
  const ofTasks: Policy & { readonly needsMessages?: never } = collect();
  assert.deepEqual(
    [policy, other, ofTasks].map(({ name }) => name),
    ['collect', 'collect', 'collect'],
  );
});

testBadArguments([
  [() => collect(wrong(null)), 'TypeError', 'collect: same is null; expected a function.'],
  [() => collect(wrong(5)), 'TypeError', 'collect: same is 5; expected a function.'],
  [() => collect(wrong('sender')), 'TypeError', 'collect: same is "sender"; expected a function.'],
]);
