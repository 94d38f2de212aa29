/** `debounce`: nothing starts before a burst is over. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { debounce } from '#src/policies/index.ts';

import { testBadArguments, testTable, wrong } from './views.ts';

const burst = { waiting: ['a', 'b'], firstArrivalMs: 1000, lastArrivalMs: 1200 };
const long = { waiting: ['a', 'b'], firstArrivalMs: 1000, lastArrivalMs: 2900 };

describe('300 ms of quiet, at most 2 s', () => {
  testTable(debounce(300, 2000), [
    ['sets no wake-up when nothing waits', { firstArrivalMs: 1000, lastArrivalMs: 1000 }, {}],
    ['sets no wake-up when nothing waits behind a turn', { running: 'runs', lastArrivalMs: 999 }, {}],
    ['holds what has just come', { waiting: ['a'], nowMs: 1000 }, { start: [], wakeMs: 1300 }],
    ['counts from the last that came', { ...burst, nowMs: 1250 }, { start: [], wakeMs: 1500 }],
    ['holds one millisecond before', { ...burst, nowMs: 1499 }, { start: [], wakeMs: 1500 }],
    ['passes everything on exactly at that time', { ...burst, nowMs: 1500 }, {}],
    ['passes everything on at any time after', { ...burst, nowMs: 9000 }, {}],
    ['holds a burst that does not end until its hard maximum', { ...long, nowMs: 2900 }, { start: [], wakeMs: 3000 }],
    ['holds it one millisecond before', { ...long, nowMs: 2999 }, { start: [], wakeMs: 3000 }],
    ['passes it on exactly at the maximum', { ...long, nowMs: 3000 }, {}],
    [
      'counts from the first that came, even if that waits no more',
      { waiting: [{ id: 'b', enqueuedMs: 2900 }], firstArrivalMs: 1000, nowMs: 2900 },
      { start: [], wakeMs: 3000 },
    ],
    [
      'counts from the last that came, even if that waits no more',
      { waiting: [{ id: 'a', enqueuedMs: 1000 }], lastArrivalMs: 1200, nowMs: 1300 },
      { start: [], wakeMs: 1500 },
    ],
    [
      'holds while a turn runs, and wakes for what stands behind it',
      { ...burst, running: 'runs', nowMs: 1250 },
      { start: [], wakeMs: 1500 },
    ],
    ['holds while a turn is aborting', { ...burst, running: 'aborts', nowMs: 1250 }, { start: [], wakeMs: 1500 }],
    ['sets no wake-up for what is due while a turn runs', { ...burst, running: 'runs', nowMs: 1500 }, {}],
    [
      'goes by the times of arrival, whatever the order of the line',
      {
        ...burst,
        waiting: [
          { id: 'b', arrival: 2, priority: 9 },
          { id: 'a', arrival: 1 },
        ],
        nowMs: 1250,
      },
      { start: [], wakeMs: 1500 },
    ],
  ]);
});

describe('a maximum that is as short as the quiet', () => {
  testTable(debounce(300, 300), [
    ['counts from the first', { ...burst, nowMs: 1299 }, { start: [], wakeMs: 1300 }],
    ['passes on 300 ms after the first', { ...burst, nowMs: 1300 }, {}],
  ]);
});

testBadArguments([
  [() => debounce(0, 100), 'RangeError', 'debounce: ms is 0; expected milliseconds > 0, and finite.'],
  [() => debounce(NaN, 100), 'RangeError', 'debounce: ms is NaN; expected milliseconds > 0, and finite.'],
  [
    () => debounce(Infinity, Infinity),
    'RangeError',
    'debounce: ms is Infinity; expected milliseconds > 0, and finite.',
  ],
  [() => debounce(wrong('300'), 2000), 'TypeError', 'debounce: ms is "300"; expected milliseconds > 0, and finite.'],
  [
    () => debounce(300, 299),
    'RangeError',
    'debounce: maxMs is 299; expected milliseconds >= ms, which is 300, and finite.',
  ],
  [
    () => debounce(300, Infinity),
    'RangeError',
    'debounce: maxMs is Infinity; expected milliseconds >= ms, which is 300, and finite.',
  ],
  [
    () => debounce(300, wrong(undefined)),
    'TypeError',
    'debounce: maxMs is undefined; expected milliseconds >= ms, which is 300, and finite.',
  ],
]);

test('has a telling name', () => assert.equal(debounce(1, 1).name, 'debounce'));
