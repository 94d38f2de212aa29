/** What the queue refuses to carry out, and how it says whose fault it was. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { askPolicy, PolicyFailure } from '#src/core/plan-check.ts';
import type { Plan, Policy } from '#src/core/policy.ts';

import { viewOf, wrong } from './views.ts';

const idle = viewOf({ waiting: ['a', 'b'] });
const busy = viewOf({ waiting: ['a', 'b'], running: 'runs' });
const [a, b] = idle.waiting;
const [ofBusy] = busy.waiting;
assert.ok(a && b && ofBusy);

// The name of the function is that of the policy, as in a user's own code.
const giving = (plan: unknown): Policy => {
  function mine(): Plan {
    return wrong(plan);
  }
  return mine;
};

function faultOf(policy: Policy, view = idle): PolicyFailure {
  try {
    askPolicy(policy, view);
  } catch (error) {
    assert.ok(error instanceof PolicyFailure);
    return error;
  }
  return assert.fail('nothing was wrong with it');
}

const nonsense: readonly (readonly [what: string, plan: unknown, fault: string, view?: typeof idle])[] = [
  ['a number', 42, 'gave 42; expected a plan, or nothing'],
  ['text', 'drop', 'gave "drop"; expected a plan, or nothing'],
  ['null', null, 'gave null; expected a plan, or nothing'],
  ['false', false, 'gave false; expected a plan, or nothing'],
  ['a function', () => ({}), 'gave a function; expected a plan, or nothing'],
  ['an unknown verb', { dorp: [] }, 'has a plan with "dorp"; there are drop, abort, wakeMs, start'],
  ['a list', [a], 'gave [object Array]; expected a plan, or nothing'],

  ['drops that are no list', { drop: a }, 'drops [object Object]; expected a list of { entry, reason }'],
  ['a drop of a stranger', { drop: [{ entry: ofBusy, reason: 'full' }] }, 'drops an entry that does not wait'],
  ['a drop of a copy', { drop: [{ entry: { ...a }, reason: 'full' }] }, 'drops an entry that does not wait'],
  ['a drop by id', { drop: [{ entry: 'a', reason: 'full' }] }, 'drops an entry that does not wait'],
  ['a drop of nothing', { drop: [{ reason: 'full' }] }, 'drops an entry that does not wait'],
  [
    'a drop of one entry, twice',
    {
      drop: [
        { entry: a, reason: 'full' },
        { entry: a, reason: 'expired' },
      ],
    },
    'drops an entry that does not wait',
  ],
  [
    'an unknown reason to drop',
    { drop: [{ entry: a, reason: 'bored' }] },
    'drops for the reason "bored"; there are rejected, replaced, full, expired, cancelled',
  ],
  [
    'no reason to drop',
    { drop: [{ entry: a }] },
    'drops for the reason undefined; there are rejected, replaced, full, expired, cancelled',
  ],
  [
    'entries instead of drops',
    { drop: [a] },
    'drops for the reason undefined; there are rejected, replaced, full, expired, cancelled',
  ],
  [
    'a hole in the drops',
    { drop: [null] },
    'drops for the reason undefined; there are rejected, replaced, full, expired, cancelled',
  ],

  [
    'an unknown reason to abort',
    { abort: 'replaced' },
    'aborts with "replaced"; there are interrupted, cancelled',
    busy,
  ],
  ['true as a reason to abort', { abort: true }, 'aborts with true; there are interrupted, cancelled', busy],

  ['a wake-up in the past', { wakeMs: 999 }, 'wants to wake at 999; expected a time after nowMs, which is 1000'],
  ['a wake-up now', { wakeMs: 1000 }, 'wants to wake at 1000; expected a time after nowMs, which is 1000'],
  ['a wake-up at NaN', { wakeMs: NaN }, 'wants to wake at NaN; expected a time after nowMs, which is 1000'],
  ['a wake-up at a text', { wakeMs: '2000' }, 'wants to wake at "2000"; expected a time after nowMs, which is 1000'],
  ['a wake-up at null', { wakeMs: null }, 'wants to wake at null; expected a time after nowMs, which is 1000'],

  ['starts that are no list', { start: a }, 'starts [object Object]; expected a list of entries'],
  ['a start while a turn runs', { start: [ofBusy] }, 'starts entries while a turn runs', busy],
  ['a start of a stranger', { start: [a, ofBusy] }, 'starts an entry that does not wait, or twice'],
  ['a start of one entry, twice', { start: [a, a] }, 'starts an entry that does not wait, or twice'],
  [
    'a start of what it drops',
    { drop: [{ entry: a, reason: 'full' }], start: [b, a] },
    'starts an entry that does not wait, or twice',
  ],
];

describe('refuses', () => {
  for (const [what, plan, fault, view] of nonsense) {
    test(what, () => {
      const failure = faultOf(giving(plan), view);
      assert.equal(failure.message, `The policy mine ${fault}.`);
      assert.equal(failure.policyName, 'mine');
      assert.equal(failure.name, 'PolicyFailure');
    });
  }
});

describe('carries out', () => {
  const good: readonly (readonly [what: string, plan: Plan, view?: typeof idle])[] = [
    ['an empty plan', {}],
    ['a drop of everything', { drop: idle.waiting.map((entry) => ({ entry, reason: 'cancelled' })) }],
    ['an abort', { abort: 'cancelled' }, busy],
    ['a wake-up at the next moment', { wakeMs: 1000.001 }],
    ['a start of nothing', { start: [] }],
    ['a start of nothing while a turn runs', { start: [] }, busy],
    ['a start of all', { start: idle.waiting }],
    ['a start in another order', { start: idle.waiting.toReversed() }],
    ['all verbs at once', { drop: [{ entry: a, reason: 'full' }], start: [b], wakeMs: 2000, abort: 'interrupted' }],
  ];
  for (const [what, plan, view = idle] of good) {
    test(what, () => assert.equal(askPolicy(giving(plan), view), plan));
  }
});

test('takes nothing for an empty plan', () => {
  assert.deepEqual(askPolicy(giving(undefined), idle), {});
});

test('takes a verb that is undefined for one that is not there', () => {
  const plan = { drop: undefined, abort: undefined, wakeMs: undefined, start: undefined };
  assert.equal(askPolicy(giving(plan), busy), wrong(plan));
});

test('names the policy that threw, and keeps what it threw', () => {
  const cause = new Error('broken');
  function broken(): never {
    throw cause;
  }
  const failure = faultOf(broken);
  assert.equal(failure.message, 'The policy broken threw an error.');
  assert.equal(failure.policyName, 'broken');
  assert.equal(failure.cause, cause);
});

test('survives a policy that throws no error', () => {
  function odd(): never {
    throw undefined;
  }
  const failure = faultOf(odd);
  assert.equal(failure.message, 'The policy odd threw an error.');
  assert.equal(failure.cause, undefined);
});

test('passes on the failure that a policy has named already', () => {
  const inner = new PolicyFailure('inner', 'gave 42');
  const outer: Policy = () => {
    throw inner;
  };
  assert.equal(faultOf(outer), inner);
});

test('says so when a policy has no name', () => {
  const failure = faultOf(
    (
      () => () =>
        wrong(42)
    )(),
  );
  assert.equal(failure.message, 'The policy without a name gave 42; expected a plan, or nothing.');
  assert.equal(failure.policyName, 'without a name');
});
