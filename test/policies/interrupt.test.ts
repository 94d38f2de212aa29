/** `interrupt`: a turn makes way for a newer entry. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { interrupt } from '#src/policies/index.ts';

import { testTable } from './views.ts';

testTable(interrupt, [
  ['leaves an idle session as it is', {}, {}],
  ['leaves a running turn alone when nothing waits', { running: 'runs' }, {}],
  ['lets one entry start when nothing runs', { waiting: ['a'] }, {}],
  ['aborts the running turn for what waits', { waiting: ['a'], running: 'runs' }, { abort: 'interrupted' }],
  [
    'keeps only the newest of several, and aborts for that',
    { waiting: ['a', 'b', 'c'], running: 'runs' },
    { drop: ['a replaced', 'b replaced'], abort: 'interrupted' },
  ],
  ['does not abort a turn twice', { waiting: ['a'], running: 'aborts' }, {}],
  [
    'replaces what waits for an aborted turn to end',
    { waiting: ['a', 'b'], running: 'aborts' },
    { drop: ['a replaced'] },
  ],
  ['drops all of a burst but the newest when nothing runs', { waiting: ['a', 'b'] }, { drop: ['a replaced'] }],
  [
    'keeps the newest that arrived, whatever its place in line',
    {
      waiting: [
        { id: 'newest', arrival: 2, priority: 9 },
        { id: 'old', arrival: 1 },
      ],
      running: 'runs',
    },
    { drop: ['old replaced'], abort: 'interrupted' },
  ],
]);

test('has a telling name', () => assert.equal(interrupt.name, 'interrupt'));
