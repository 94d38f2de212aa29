/** `latest`: at most one runs and one waits. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { latest } from '#src/policies/index.ts';

import { testTable } from './views.ts';

testTable(latest, [
  ['leaves an idle session as it is', {}, {}],
  ['leaves a running turn alone when nothing waits', { running: 'runs' }, {}],
  ['lets one entry wait', { waiting: ['a'], running: 'runs' }, {}],
  ['lets one entry start', { waiting: ['a'] }, {}],
  ['drops all but the newest', { waiting: ['a', 'b', 'c'] }, { drop: ['a replaced', 'b replaced'] }],
  ['does so while a turn runs, and lets that end', { waiting: ['a', 'b'], running: 'runs' }, { drop: ['a replaced'] }],
  ['does so while a turn is aborting', { waiting: ['a', 'b'], running: 'aborts' }, { drop: ['a replaced'] }],
  [
    'keeps the newest that arrived when an older one overtook it',
    {
      waiting: [
        { id: 'urgent', arrival: 2, priority: 9 },
        { id: 'old', arrival: 1 },
        { id: 'newest', arrival: 3 },
      ],
    },
    { drop: ['urgent replaced', 'old replaced'] },
  ],
  [
    'keeps the newest that arrived when it overtook the others',
    {
      waiting: [
        { id: 'newest', arrival: 8, priority: 9 },
        { id: 'a', arrival: 6 },
        { id: 'b', arrival: 7 },
      ],
    },
    { drop: ['a replaced', 'b replaced'] },
  ],
]);

test('has a telling name', () => assert.equal(latest.name, 'latest'));
