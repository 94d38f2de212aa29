/** `reject`: who comes to a busy session is sent away. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { reject } from '#src/policies/index.ts';

import { testTable } from './views.ts';

testTable(reject, [
  ['leaves an idle session as it is', {}, {}],
  ['leaves a running turn alone when nothing comes', { running: 'runs' }, {}],
  ['lets the one that comes to an idle session start', { waiting: ['a'] }, {}],
  [
    'refuses all of a burst but the first in line',
    { waiting: ['a', 'b', 'c'] },
    { drop: ['b rejected', 'c rejected'] },
  ],
  [
    'refuses everything while a turn runs',
    { waiting: ['a', 'b'], running: 'runs' },
    { drop: ['a rejected', 'b rejected'] },
  ],
  ['takes a turn that is aborting for busy', { waiting: ['a'], running: 'aborts' }, { drop: ['a rejected'] }],
  [
    'keeps the first in line, not the first that arrived',
    {
      waiting: [
        { id: 'urgent', arrival: 2, priority: 9 },
        { id: 'old', arrival: 1 },
      ],
    },
    { drop: ['old rejected'] },
  ],
]);

test('has a telling name', () => assert.equal(reject.name, 'reject'));
