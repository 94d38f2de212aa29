/** `cap`: at most so many wait. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { cap } from '#src/policies/index.ts';

import { testBadArguments, testTable, wrong } from './views.ts';

const overtaken = [
  { id: 'c', arrival: 3, priority: 9 },
  { id: 'a', arrival: 1 },
  { id: 'b', arrival: 2 },
  { id: 'd', arrival: 4 },
];

describe('who comes too late loses', () => {
  testTable(cap(2, 'newest'), [
    ['leaves an idle session as it is', {}, {}],
    ['leaves what is below the limit', { waiting: ['a'] }, {}],
    ['leaves what is exactly at the limit', { waiting: ['a', 'b'] }, {}],
    ['drops the newest beyond it', { waiting: ['a', 'b', 'c', 'd'] }, { drop: ['c full', 'd full'] }],
    ['does not count the running turn', { waiting: ['a', 'b'], running: 'runs' }, {}],
    ['does not count a turn that is aborting', { waiting: ['a', 'b'], running: 'aborts' }, {}],
    ['drops beyond it while a turn runs', { waiting: ['a', 'b', 'c'], running: 'runs' }, { drop: ['c full'] }],
    ['goes by arrival, whoever overtook whom', { waiting: overtaken }, { drop: ['c full', 'd full'] }],
  ]);
});

describe('who came first loses', () => {
  testTable(cap(2, 'oldest'), [
    ['leaves an idle session as it is', {}, {}],
    ['leaves what is exactly at the limit', { waiting: ['a', 'b'] }, {}],
    ['drops the oldest beyond it', { waiting: ['a', 'b', 'c', 'd'] }, { drop: ['a full', 'b full'] }],
    ['drops beyond it while a turn runs', { waiting: ['a', 'b', 'c'], running: 'runs' }, { drop: ['a full'] }],
    ['goes by arrival, whoever overtook whom', { waiting: overtaken }, { drop: ['a full', 'b full'] }],
  ]);
});

describe('a limit of one', () => {
  testTable(cap(1, 'oldest'), [['keeps the newest', { waiting: ['a', 'b', 'c'] }, { drop: ['a full', 'b full'] }]]);
  testTable(cap(1, 'newest'), [['keeps the oldest', { waiting: ['a', 'b', 'c'] }, { drop: ['b full', 'c full'] }]]);
});

testBadArguments([
  [() => cap(0, 'oldest'), 'RangeError', 'cap: n is 0; expected an integer >= 1.'],
  [() => cap(-1, 'oldest'), 'RangeError', 'cap: n is -1; expected an integer >= 1.'],
  [() => cap(1.5, 'oldest'), 'RangeError', 'cap: n is 1.5; expected an integer >= 1.'],
  [() => cap(NaN, 'oldest'), 'RangeError', 'cap: n is NaN; expected an integer >= 1.'],
  [() => cap(Infinity, 'oldest'), 'RangeError', 'cap: n is Infinity; expected an integer >= 1.'],
  [() => cap(wrong('2'), 'oldest'), 'TypeError', 'cap: n is "2"; expected an integer >= 1.'],
  [() => cap(2, wrong('first')), 'TypeError', 'cap: who is "first"; expected "oldest" or "newest".'],
  [() => cap(2, wrong(undefined)), 'TypeError', 'cap: who is undefined; expected "oldest" or "newest".'],
  [() => cap(2, wrong(1)), 'TypeError', 'cap: who is 1; expected "oldest" or "newest".'],
]);

test('has a telling name', () => assert.equal(cap(1, 'oldest').name, 'cap'));
