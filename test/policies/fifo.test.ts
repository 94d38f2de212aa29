/** `fifo`: the default, as a policy. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fifo, pipe } from '#src/policies/index.ts';

import { planOf, testTable, viewOf } from './views.ts';

testTable(fifo, [
  ['leaves an idle session as it is', {}, {}],
  ['leaves the line as it is', { waiting: ['a', 'b', 'c'] }, {}],
  ['leaves a running turn and what waits behind it', { waiting: ['a', 'b'], running: 'runs' }, {}],
  ['leaves a turn that is aborting', { waiting: ['a'], running: 'aborts' }, {}],
  ['leaves the order to the priorities', { waiting: [{ id: 'b', arrival: 2, priority: 5 }, 'a'] }, {}],
]);

test('begins a pipe of any list, and changes nothing about it', () => {
  const list = [pipe(fifo), fifo];
  assert.deepEqual(planOf(pipe(fifo, ...list), viewOf({ waiting: ['a', 'b'] })), {});
});

test('has a telling name', () => assert.equal(fifo.name, 'fifo'));
