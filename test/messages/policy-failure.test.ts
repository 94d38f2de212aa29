/** A policy that fails is reported by name, its session goes on first in, first out, and nothing is lost or stuck. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import type { Plan, Policy, PolicyView, WaitingEntry } from '#src/index.ts';
import { collect, debounce, fifo, pipe } from '#src/policies/index.ts';

import { FakeClock } from '../core/fake-clock.ts';
import { Stage as TaskStage, wrong } from '../core/stage.ts';
import { ofType } from '../core/told-events.ts';
import { Stage } from './stage.ts';

const stranger: WaitingEntry = { id: 'x', arrival: 1, enqueuedMs: 0, priority: 0, message: 'x' };

const nonsense: readonly {
  readonly what: string;
  readonly plan: (view: PolicyView) => unknown;
  readonly why: RegExp;
}[] = [
  {
    what: 'throws',
    plan: () => {
      throw new Error('on purpose');
    },
    why: /threw an error/,
  },
  { what: 'gives null', plan: () => null, why: /gave null/ },
  { what: 'gives a list', plan: ({ waiting }) => waiting, why: /gave \[object Array\]; expected a plan/ },
  { what: 'gives an empty list', plan: () => [], why: /gave \[object Array\]; expected a plan/ },
  { what: 'is async', plan: () => Promise.resolve({ start: [] }), why: /gave \[object Promise\]; expected a plan/ },
  { what: 'misspells a verb', plan: () => ({ strat: [] }), why: /"strat"/ },
  {
    what: 'gives a plan that throws when it is read',
    plan: () => ({
      get drop(): never {
        throw new Error('on purpose');
      },
    }),
    why: /threw an error/,
  },
  {
    what: 'drops an entry that it does not know',
    plan: () => ({ drop: [{ entry: stranger, reason: 'full' }] }),
    why: /an entry that does not wait/,
  },
  {
    what: 'drops for a reason that there is not',
    plan: ({ waiting }) => ({ drop: waiting.map((entry) => ({ entry, reason: 'bored' })) }),
    why: /"bored"/,
  },
  { what: 'wakes in the past', plan: ({ nowMs }) => ({ wakeMs: nowMs - 1 }), why: /wants to wake/ },
  { what: 'wakes at once', plan: ({ nowMs }) => ({ wakeMs: nowMs }), why: /wants to wake/ },
  { what: 'wakes never', plan: () => ({ wakeMs: Number.NaN }), why: /wants to wake/ },
  { what: 'aborts for a reason that there is not', plan: () => ({ abort: true }), why: /aborts with true/ },
  { what: 'starts an entry that it does not know', plan: () => ({ start: [stranger] }), why: /does not wait/ },
  {
    what: 'starts an entry twice',
    plan: ({ waiting }) => ({ start: [...waiting, ...waiting] }),
    why: /does not wait, or twice/,
  },
];

for (const { what, plan, why } of nonsense) {
  test(`goes on first in, first out when a policy ${what}`, async () => {
    // A declaration: some compilers take a constant that is used once out, and its name with it.
    function bad(view: PolicyView): Plan | undefined {
      return wrong(view.key === 'ada' ? plan(view) : undefined);
    }
    const stage = new Stage({ policy: pipe(fifo, bad, collect()) });
    const events = stage.listen();
    await stage.enqueueAll('ada', 'a', 'b', 'c');
    await stage.enqueueAll('bob', 'd', 'e');
    await stage.endAll();
    assert.deepEqual(stage.started.toSorted(), ['a', 'b', 'c', 'd+e'], 'the other session keeps the policy');
    assert.deepEqual(
      stage.told.filter((line) => /^[abc]/.test(line)),
      ['a: done a', 'b: done b', 'c: done c'],
    );
    const failures = ofType(events, 'policy-failed');
    assert.deepEqual(
      failures.map(({ key, policy }) => ({ key, policy })),
      [{ key: 'ada', policy: 'bad' }],
    );
    assert.match(failures[0]?.error.message ?? '', why);
    stage.assertIdle();
  });
}

test('reports a start while a turn runs, and lets that turn be', async () => {
  function greedy({ waiting }: PolicyView): Plan {
    return { start: waiting.slice(0, 1) };
  }
  const stage = new Stage({ policy: greedy });
  const events = stage.listen();
  await stage.enqueueAll('ada', 'a');
  await stage.enqueueAll('ada', 'b');
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'b']);
  assert.match(
    ofType(events, 'policy-failed')[0]?.error.message ?? '',
    /The policy greedy starts entries while a turn/,
  );
});

test('names a policy that has no name', async () => {
  const stage = new Stage({
    policy: (
      () => () =>
        wrong(null)
    )(),
  });
  const events = stage.listen();
  await stage.enqueueAll('ada', 'a');
  await stage.endAll();
  assert.equal(ofType(events, 'policy-failed')[0]?.policy, 'without a name');
});

test('asks the policy again once the session was idle', async () => {
  let isBroken = true;
  const moody: Policy = ({ waiting, running }): Plan | undefined => {
    if (isBroken) throw new Error('on purpose');
    return running === undefined ? { start: waiting } : undefined;
  };
  const stage = new Stage({ policy: moody });
  const events = stage.listen();
  await stage.enqueueAll('ada', 'a', 'b');
  isBroken = false;
  await stage.enqueueAll('ada', 'c');
  await stage.endAll();
  await stage.enqueueAll('ada', 'd', 'e');
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'b', 'c', 'd+e']);
  assert.equal(ofType(events, 'policy-failed').length, 1);
});

test('starts what a policy held before it failed', async () => {
  let isBroken = false;
  const breaks: Policy = () => {
    if (isBroken) throw new Error('on purpose');
  };
  const stage = new Stage({ policy: pipe(breaks, debounce(100, 1000)) });
  const events = stage.listen();
  await stage.enqueueAll('ada', 'a', 'b');
  assert.deepEqual(stage.started, []);
  isBroken = true;
  await stage.elapse(100);
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'b']);
  assert.equal(ofType(events, 'policy-failed').length, 1);
  stage.assertIdle();
});

test('never puts several tasks into one turn', async () => {
  function together({ waiting, running }: PolicyView): Plan | undefined {
    return running === undefined ? { start: waiting } : undefined;
  }
  const stage = new TaskStage({ policy: together });
  const events = stage.listen();
  void stage.enqueue('ada', 'a');
  void stage.enqueue('ada', 'b');
  await stage.endAll();
  assert.deepEqual(stage.told, ['a: a', 'b: b']);
  assert.match(ofType(events, 'policy-failed')[0]?.error.message ?? '', /The policy together starts several tasks/);
});

test('is told by a policy that drops nothing, and wakes at no time, just that', async () => {
  const nothing: Policy = () => ({ drop: [], wakeMs: Infinity });
  const stage = new Stage({ policy: nothing });
  const events = stage.listen();
  await stage.enqueueAll('ada', 'a', 'b');
  assert.equal(stage.clock.timers, 0);
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'b']);
  assert.deepEqual(ofType(events, 'policy-failed'), []);
  stage.assertIdle();
});

test('survives a policy that reaches into the queue while it is asked', async () => {
  const stage = new Stage({
    policy: function meddle({ key, waiting }) {
      const drop = waiting.map((entry) => ({ entry, reason: 'full' as const }));
      stage.queue.cancel(key);
      return { drop };
    },
  });
  const events = stage.listen();
  await stage.enqueueAll('ada', 'a', 'b');
  assert.deepEqual(stage.told, ['a: dropped cancelled', 'b: dropped cancelled']);
  assert.equal(ofType(events, 'settled').length, 2);
  stage.assertIdle();
});

test('is never asked inside enqueue, nor inside a turn that takes', async () => {
  let isInside = false;
  let looks = 0;
  const policy: Policy = () => {
    looks += 1;
    assert.equal(isInside, false);
  };
  const queue = createQueueWithClock(
    {
      run: (turn) => {
        isInside = true;
        turn.take();
        isInside = false;
      },
      policy,
    },
    new FakeClock(),
  );
  isInside = true;
  const tickets = [queue.enqueue('ada', 'a'), queue.enqueue('ada', 'b')];
  isInside = false;
  await Promise.allSettled(tickets);
  assert.ok(looks > 0);
});
