/** `rateLimit`: at most so many starts in any time of such a length. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { rateLimit } from '#src/policies/index.ts';

import { testBadArguments, testTable, wrong } from './views.ts';

describe('two starts in 100 ms', () => {
  testTable(rateLimit(2, 100), [
    ['leaves a session that has never started anything', { waiting: ['a'] }, {}],
    ['leaves a session with fewer starts', { waiting: ['a'], startsMs: [990] }, {}],
    [
      'holds the third until the first no longer counts',
      { waiting: ['a'], startsMs: [950, 990] },
      { start: [], wakeMs: 1050 },
    ],
    [
      'holds it one millisecond before',
      { waiting: ['a'], startsMs: [950, 990], nowMs: 1049 },
      { start: [], wakeMs: 1050 },
    ],
    ['lets it start exactly at that time', { waiting: ['a'], startsMs: [950, 990], nowMs: 1050 }, {}],
    ['does not count what is long past', { waiting: ['a'], startsMs: [100, 200] }, {}],
    ['counts starts at one moment one by one', { waiting: ['a'], startsMs: [1000, 1000] }, { start: [], wakeMs: 1100 }],
    ['sets no wake-up when nothing waits', { startsMs: [950, 990] }, {}],
    [
      'holds while a turn runs, so that nothing behind it acts too early',
      { waiting: ['a'], running: 'runs', startsMs: [950, 990] },
      { start: [], wakeMs: 1050 },
    ],
    [
      'holds while a turn is aborting',
      { waiting: ['a'], running: 'aborts', startsMs: [950, 990] },
      { start: [], wakeMs: 1050 },
    ],
    [
      'holds whatever the priority',
      { waiting: [{ id: 'b', arrival: 2, priority: 9 }, 'a'], startsMs: [950, 990] },
      { start: [], wakeMs: 1050 },
    ],
    [
      'looks at its own number of starts where more are remembered for another',
      { waiting: ['a'], startsMs: [910, 920, 930, 940, 960] },
      { start: [], wakeMs: 1040 },
    ],
    ['forgets none too late where more are remembered', { waiting: ['a'], startsMs: [910, 920, 930], nowMs: 1020 }, {}],
  ]);
});

describe('one start in 100 ms', () => {
  testTable(rateLimit(1, 100), [
    ['lets the first start', { waiting: ['a', 'b'] }, {}],
    ['holds the second', { waiting: ['b'], startsMs: [1000] }, { start: [], wakeMs: 1100 }],
    ['lets the second start after that', { waiting: ['b'], startsMs: [1000], nowMs: 1100 }, {}],
  ]);
});

test('says how many starts it has to be shown, and for how long', () => {
  assert.deepEqual(rateLimit(5, 60_000).remembers, { starts: 5, forMs: 60_000 });
});

testBadArguments([
  [() => rateLimit(0, 100), 'RangeError', 'rateLimit: n is 0; expected an integer >= 1.'],
  [() => rateLimit(2.5, 100), 'RangeError', 'rateLimit: n is 2.5; expected an integer >= 1.'],
  [() => rateLimit(wrong(null), 100), 'TypeError', 'rateLimit: n is null; expected an integer >= 1.'],
  [() => rateLimit(1, 0), 'RangeError', 'rateLimit: perMs is 0; expected milliseconds > 0, and finite.'],
  [() => rateLimit(1, Infinity), 'RangeError', 'rateLimit: perMs is Infinity; expected milliseconds > 0, and finite.'],
  [
    () => rateLimit(1, wrong('1 min')),
    'TypeError',
    'rateLimit: perMs is "1 min"; expected milliseconds > 0, and finite.',
  ],
]);

test('has a telling name', () => assert.equal(rateLimit(1, 1).name, 'rateLimit'));
