/** `pipe`: each policy sees the session as the one before left it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { MessagePolicy, Policy, PolicyView } from '#src/policies/index.ts';
import { collect, debounce, fifo, interrupt, latest, pipe, rateLimit, ttl } from '#src/policies/index.ts';

import { expectType } from '../types/same.ts';
import type { PlanSketch } from './views.ts';
import { planOf, testBadArguments, testTable, viewOf, wrong } from './views.ts';

const burst = { waiting: ['a', 'b'], firstArrivalMs: 1000, lastArrivalMs: 1200 };

const firstOfTwo: Policy = ({ waiting }) => ({ start: waiting.slice(0, 2) });

describe('a start', () => {
  testTable(pipe(firstOfTwo, latest), [
    ['is all that the next one sees', { waiting: ['a', 'b', 'c'] }, { drop: ['a replaced'], start: ['b'] }],
  ]);
  testTable(pipe(firstOfTwo, fifo, fifo), [
    ['is kept by who has none', { waiting: ['a', 'b', 'c'] }, { start: ['a', 'b'] }],
  ]);
  testTable(pipe(collect(), firstOfTwo), [
    ['is made smaller by the next', { waiting: ['a', 'b', 'c'] }, { start: ['a', 'b'] }],
  ]);
  testTable(
    pipe(collect(), ({ waiting }) => ({ drop: waiting.map((entry) => ({ entry, reason: 'cancelled' })) })),
    [
      [
        'is empty when all of it is dropped',
        { waiting: ['a', 'b'] },
        { drop: ['a cancelled', 'b cancelled'], start: [] },
      ],
    ],
  );
  testTable(
    pipe(({ waiting }) => ({ start: waiting.toReversed() }), fifo),
    [['keeps its own order', { waiting: ['a', 'b', 'c'] }, { start: ['c', 'b', 'a'] }]],
  );
});

describe('a plan', () => {
  testTable(
    pipe(
      () => ({ wakeMs: 3000 }),
      () => ({ wakeMs: 2000 }),
      () => ({ wakeMs: 4000 }),
    ),
    [['wakes at the earliest time', {}, { wakeMs: 2000 }]],
  );
  testTable(
    pipe(
      () => ({ abort: 'cancelled' }),
      () => ({ abort: 'interrupted' }),
    ),
    [['has the first reason to abort', { running: 'runs' }, { abort: 'cancelled' }]],
  );
  testTable(
    pipe(() => ({ drop: [] })),
    [['has no verb that means nothing', {}, {}]],
  );
});

/** The view that the last of a pipe gets. */
function seenBehind(policy: Policy, view: PolicyView): PolicyView {
  let seen: PolicyView | undefined;
  pipe(policy, (view) => {
    seen = view;
  })(view);
  return seen ?? assert.fail('it was not asked');
}

describe('who stands behind', () => {
  const view = viewOf({
    waiting: ['a', 'b'],
    running: 'runs',
    firstArrivalMs: 10,
    lastArrivalMs: 20,
    startsMs: [5, 6],
  });

  test('sees the very view when nothing was done', () => {
    assert.deepEqual(seenBehind(fifo, view), view);
  });

  test('does not see what was dropped, and all the times as they were', () => {
    assert.deepEqual(seenBehind(latest, view), { ...view, waiting: view.waiting.slice(1) });
  });

  test('sees an aborted turn as aborting', () => {
    const { running } = seenBehind(interrupt, view);
    assert.deepEqual(running, { id: 'turn', startedMs: 0, isAborting: true });
  });

  test('sees no turn when one was aborted that did not run', () => {
    assert.equal(seenBehind(() => ({ abort: 'cancelled' }), viewOf({})).running, undefined);
  });

  test('sees nothing behind a hold', () => {
    assert.deepEqual(
      seenBehind(() => ({ start: [] }), view),
      { ...view, waiting: [] },
    );
  });

  test('sees the entries themselves', () => {
    const [, b] = view.waiting;
    assert.equal(seenBehind(latest, view).waiting[0], b);
  });
});

describe('a pipe in a pipe', () => {
  const flat = pipe(ttl(100), latest, debounce(300, 2000), interrupt);
  const nested = pipe(pipe(ttl(100), pipe(latest)), pipe(debounce(300, 2000), interrupt));
  for (const nowMs of [1200, 1300, 1499, 1500]) {
    test(`does at ${nowMs} what a flat one does`, () => {
      const waiting = ['a', 'b', 'c'].map((id) => ({ id, enqueuedMs: 1190 }));
      const view = viewOf({ ...burst, waiting, running: 'runs', nowMs });
      const expected: PlanSketch = planOf(flat, view);
      assert.deepEqual(planOf(nested, view), expected);
      assert.ok(expected.drop);
    });
  }
});

describe('a failure names the policy that failed', () => {
  const broken: Policy = () => {
    throw new Error('broken');
  };
  const failing = { name: 'PolicyFailure', policyName: 'broken', message: 'The policy broken threw an error.' };

  test('and not the pipe', () => assert.throws(() => planOf(pipe(fifo, broken), viewOf({})), failing));

  test('however deep it is', () => assert.throws(() => planOf(pipe(pipe(fifo, pipe(broken))), viewOf({})), failing));

  test('and those behind it are not asked', () => {
    const untouched: Policy = () => assert.fail('asked');
    assert.throws(() => planOf(pipe(broken, untouched), viewOf({})), failing);
  });

  test('when it drops what an earlier one has dropped', () => {
    const view = viewOf({ waiting: ['a', 'b'] });
    const late: Policy = () => ({ drop: view.waiting.map((entry) => ({ entry, reason: 'full' })) });
    assert.throws(() => planOf(pipe(latest, late), view), {
      name: 'PolicyFailure',
      message: 'The policy late drops an entry that does not wait.',
    });
  });

  test('when it starts what an earlier one holds', () => {
    const view = viewOf({ waiting: ['a'], startsMs: [1000] });
    const eager: Policy = () => ({ start: view.waiting });
    assert.throws(() => planOf(pipe(rateLimit(1, 10), eager), view), {
      name: 'PolicyFailure',
      message: 'The policy eager starts an entry that does not wait, or twice.',
    });
  });
});

describe('what a pipe asks for', () => {
  test('it remembers the most starts, for the longest time', () => {
    const policy = pipe(rateLimit(5, 100), fifo, rateLimit(2, 60_000));
    assert.deepEqual(policy.remembers, { starts: 5, forMs: 60_000 });
    assert.deepEqual(pipe(pipe(policy), rateLimit(7, 1)).remembers, { starts: 7, forMs: 60_000 });
  });

  test('each limit still counts its own', () => {
    const policy = pipe(rateLimit(3, 100), rateLimit(1, 10));
    const view = viewOf({ waiting: ['a'], startsMs: [930, 940, 980] });
    assert.deepEqual(planOf(policy, view), { start: [], wakeMs: 1030 });
    assert.deepEqual(planOf(policy, { ...view, nowMs: 1030 }), {});
    assert.deepEqual(planOf(policy, viewOf({ waiting: ['a'], startsMs: [100, 990 + 1] })), { start: [], wakeMs: 1001 });
  });

  test('it remembers nothing when none of them does', () => {
    assert.equal('remembers' in pipe(fifo, latest), false);
  });

  test('it needs messages when one of them does, however deep', () => {
    assert.equal(pipe(fifo, collect()).needsMessages, true);
    assert.equal(pipe(fifo, pipe(latest, pipe(collect()))).needsMessages, true);
    assert.equal('needsMessages' in pipe(fifo, latest), false);
  });

  test('it has a telling name', () => assert.equal(pipe(fifo).name, 'pipe'));
});

test('tells the compiler which queue may have it', () => {
  const plain = pipe(ttl(100), pipe(debounce(300, 2000), interrupt));
  expectType<Policy>()(plain);
  const ofTasks: Policy & { readonly needsMessages?: never } = plain;
  const ofTexts = pipe(
    debounce(300, 2000),
    collect((one: string, next: string) => one === next),
    fifo,
  );
  expectType<MessagePolicy<string>>()(ofTexts);
  const ofAnything = pipe(latest, collect());
  expectType<MessagePolicy>()(ofAnything);
  const byText: Policy<string> = ({ waiting: [first] }) => (first?.message === '' ? { start: [] } : undefined);
  const ofTextsToo = pipe(fifo, byText);
  expectType<Policy<string>>()(ofTextsToo);
  const list = [latest, fifo];
  const ofList = pipe(fifo, ...list);
  expectType<Policy>()(ofList);
  // @ts-expect-error: it collects, so it needs messages
  const notOfTasks: Policy & { readonly needsMessages?: never } = pipe(fifo, collect());
  // @ts-expect-error: it looks into texts
  const notOfNumbers: Policy<number> = pipe(fifo, byText);
  assert.ok([ofTasks, notOfTasks, notOfNumbers].every(({ name }) => name === 'pipe'));
});

testBadArguments([
  // @ts-expect-error: there has to be a first one
  [() => pipe(), 'TypeError', 'pipe: there is no policy; expected at least one.'],
  [() => pipe(wrong(undefined)), 'TypeError', 'pipe: policy 1 is undefined; expected a function.'],
  [() => pipe(fifo, wrong(42)), 'TypeError', 'pipe: policy 2 is 42; expected a function.'],
  [() => pipe(fifo, latest, wrong([fifo])), 'TypeError', 'pipe: policy 3 is [object Array]; expected a function.'],
]);
