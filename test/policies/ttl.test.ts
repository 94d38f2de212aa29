/** `ttl`: nothing waits longer. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { ttl } from '#src/policies/index.ts';

import { testBadArguments, testTable, wrong } from './views.ts';

const old = { id: 'old', enqueuedMs: 900 };
const middle = { id: 'middle', enqueuedMs: 930 };
const young = { id: 'young', enqueuedMs: 960 };

describe('a hundred milliseconds', () => {
  testTable(ttl(100), [
    ['sets no wake-up when nothing waits', {}, {}],
    ['sets no wake-up for a running turn', { running: 'runs', nowMs: 5000 }, {}],
    ['wakes when the only one expires', { waiting: [old], nowMs: 900 }, { wakeMs: 1000 }],
    ['keeps it one millisecond before', { waiting: [old], nowMs: 999 }, { wakeMs: 1000 }],
    ['drops it exactly at that time', { waiting: [old], nowMs: 1000 }, { drop: ['old expired'] }],
    ['drops it at any time after', { waiting: [old], nowMs: 9000 }, { drop: ['old expired'] }],
    ['wakes at the next expiry of several', { waiting: [young, old, middle], nowMs: 970 }, { wakeMs: 1000 }],
    [
      'wakes at the next expiry of what is left',
      { waiting: [young, old, middle], nowMs: 1000 },
      { drop: ['old expired'], wakeMs: 1030 },
    ],
    [
      'drops all that have expired, in the order of the line',
      { waiting: [young, old, middle], nowMs: 1030 },
      { drop: ['old expired', 'middle expired'], wakeMs: 1060 },
    ],
    [
      'drops what waits behind a turn, and leaves the turn alone',
      { waiting: [old, young], running: 'runs', nowMs: 1010 },
      { drop: ['old expired'], wakeMs: 1060 },
    ],
    [
      'does so while the turn is aborting',
      { waiting: [old], running: 'aborts', nowMs: 1010 },
      { drop: ['old expired'] },
    ],
    [
      'counts from the enqueue, whatever the priority',
      {
        waiting: [
          { ...young, priority: 60 },
          { ...old, priority: 30 },
        ],
        nowMs: 1000,
      },
      { drop: ['old expired'], wakeMs: 1060 },
    ],
  ]);
});

// 0.1 + 0.2 is a little more than 0.3: the time of the wake-up and that of the expiry must be the same number.
describe('times that binary numbers can only come near to', () => {
  testTable(ttl(0.2), [
    ['wakes at a time', { waiting: [{ id: 'a', enqueuedMs: 0.1 }], nowMs: 0.3 }, { wakeMs: 0.1 + 0.2 }],
    ['drops at that time', { waiting: [{ id: 'a', enqueuedMs: 0.1 }], nowMs: 0.1 + 0.2 }, { drop: ['a expired'] }],
  ]);
});

test('looks through a line of any length', () => {
  const waiting = Array.from({ length: 200_000 }, (_, arrival) => ({
    id: String(arrival),
    arrival,
    enqueuedMs: arrival,
    priority: 0,
    message: undefined,
  }));
  const view = { key: 'ada', nowMs: 1, waiting, running: undefined, firstArrivalMs: 0, lastArrivalMs: 0, startsMs: [] };
  assert.deepEqual(ttl(10)(view), { wakeMs: 10 });
});

testBadArguments([
  [() => ttl(0), 'RangeError', 'ttl: ms is 0; expected milliseconds > 0, and finite.'],
  [() => ttl(-5), 'RangeError', 'ttl: ms is -5; expected milliseconds > 0, and finite.'],
  [() => ttl(NaN), 'RangeError', 'ttl: ms is NaN; expected milliseconds > 0, and finite.'],
  [() => ttl(Infinity), 'RangeError', 'ttl: ms is Infinity; expected milliseconds > 0, and finite.'],
  [() => ttl(wrong('1s')), 'TypeError', 'ttl: ms is "1s"; expected milliseconds > 0, and finite.'],
  [() => ttl(wrong(undefined)), 'TypeError', 'ttl: ms is undefined; expected milliseconds > 0, and finite.'],
]);

test('has a telling name', () => assert.equal(ttl(1).name, 'ttl'));
