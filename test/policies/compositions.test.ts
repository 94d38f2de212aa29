/** Policies that are often put together, and what their order decides. */
import { describe } from 'node:test';

import { cap, collect, debounce, interrupt, latest, pipe, rateLimit, reject, ttl } from '#src/policies/index.ts';

import { testTable } from './views.ts';

const burst = { waiting: ['a', 'b'], firstArrivalMs: 1000, lastArrivalMs: 1200 };

describe('pipe(debounce, collect)', () => {
  testTable(pipe(debounce(300, 2000), collect()), [
    ['does nothing when nothing waits', {}, {}],
    ['holds a burst that goes on', { ...burst, nowMs: 1499 }, { start: [], wakeMs: 1500 }],
    ['gives it to one turn when it is over', { ...burst, nowMs: 1500 }, { start: ['a', 'b'] }],
    ['starts nothing while a turn runs', { ...burst, running: 'runs', nowMs: 1500 }, {}],
    [
      'gives one to one turn that never ends at the hard maximum',
      { ...burst, lastArrivalMs: 2999, nowMs: 3000 },
      { start: ['a', 'b'] },
    ],
  ]);
});

describe('pipe(ttl, cap, latest)', () => {
  const waiting = [
    { id: 'a', enqueuedMs: 900 },
    { id: 'b', enqueuedMs: 950 },
    { id: 'c', enqueuedMs: 960 },
    { id: 'd', enqueuedMs: 970 },
  ];
  testTable(pipe(ttl(100), cap(2, 'newest'), latest), [
    ['does nothing when nothing waits', {}, {}],
    [
      'gives each entry one reason, that of the first that drops it',
      { waiting },
      { drop: ['a expired', 'd full', 'b replaced'], wakeMs: 1050 },
    ],
    ['has no wake-up when all have expired', { waiting: waiting.slice(0, 1) }, { drop: ['a expired'] }],
  ]);
});

describe('pipe(debounce, interrupt)', () => {
  const busy = { ...burst, running: 'runs' } as const;
  testTable(pipe(debounce(300, 2000), interrupt), [
    ['lets the turn run while the burst goes on', { ...busy, nowMs: 1499 }, { start: [], wakeMs: 1500 }],
    [
      'aborts it when the burst is over, for the newest of it',
      { ...busy, nowMs: 1500 },
      { drop: ['a replaced'], abort: 'interrupted' },
    ],
    ['waits for the aborted turn to end', { ...busy, waiting: ['b'], running: 'aborts', nowMs: 1600 }, {}],
    ['lets the newest start after it', { ...burst, waiting: ['b'], nowMs: 1600 }, {}],
    ['leaves a turn alone when nothing comes', { running: 'runs' }, {}],
  ]);
});

describe('pipe(rateLimit, collect)', () => {
  testTable(pipe(rateLimit(1, 100), collect()), [
    ['collects while it may', { waiting: ['a', 'b'] }, { start: ['a', 'b'] }],
    ['collects nothing while it may not', { waiting: ['a', 'b'], startsMs: [950] }, { start: [], wakeMs: 1050 }],
    ['collects as soon as it may', { waiting: ['a', 'b'], startsMs: [950], nowMs: 1050 }, { start: ['a', 'b'] }],
  ]);
});

describe('pipe(rateLimit, interrupt)', () => {
  testTable(pipe(rateLimit(1, 100), interrupt), [
    [
      'aborts no turn for what may not start yet',
      { waiting: ['a'], running: 'runs', startsMs: [950] },
      { start: [], wakeMs: 1050 },
    ],
    [
      'aborts it when the next may start',
      { waiting: ['a'], running: 'runs', startsMs: [900] },
      { abort: 'interrupted' },
    ],
  ]);
});

describe('the order matters:', () => {
  testTable(pipe(latest, debounce(300, 2000)), [
    [
      'what stands before a hold drops at once',
      { ...burst, nowMs: 1300 },
      { drop: ['a replaced'], start: [], wakeMs: 1500 },
    ],
  ]);
  testTable(pipe(debounce(300, 2000), latest), [
    ['what stands behind a hold does not', { ...burst, nowMs: 1300 }, { start: [], wakeMs: 1500 }],
    ['what stands behind a hold drops when that is over', { ...burst, nowMs: 1500 }, { drop: ['a replaced'] }],
  ]);
  testTable(pipe(interrupt, debounce(300, 2000)), [
    [
      'interrupt before debounce aborts at the first word',
      { ...burst, running: 'runs', nowMs: 1300 },
      { drop: ['a replaced'], abort: 'interrupted', start: [], wakeMs: 1500 },
    ],
  ]);
  testTable(pipe(cap(2, 'oldest'), cap(1, 'newest')), [
    ['one limit after the other', { waiting: ['a', 'b', 'c'] }, { drop: ['a full', 'c full'] }],
  ]);
  testTable(pipe(cap(1, 'newest'), cap(2, 'oldest')), [
    ['the other after the one', { waiting: ['a', 'b', 'c'] }, { drop: ['b full', 'c full'] }],
  ]);
  testTable(pipe(cap(1, 'newest'), collect()), [
    ['a limit before collect is one to the turn', { waiting: ['a', 'b'] }, { drop: ['b full'], start: ['a'] }],
  ]);
  testTable(pipe(collect(), cap(1, 'newest')), [
    ['a limit behind collect takes out of the turn', { waiting: ['a', 'b'] }, { drop: ['b full'], start: ['a'] }],
    [
      'a limit behind collect is asked while a turn runs',
      { waiting: ['a', 'b'], running: 'runs' },
      { drop: ['b full'] },
    ],
  ]);
});

describe('pipe(debounce, reject)', () => {
  testTable(pipe(debounce(300, 2000), reject), [
    ['refuses nothing while a burst goes on', { ...burst, running: 'runs', nowMs: 1499 }, { start: [], wakeMs: 1500 }],
    [
      'refuses it when it is over and the session is busy',
      { ...burst, running: 'runs', nowMs: 1500 },
      { drop: ['a rejected', 'b rejected'] },
    ],
  ]);
});
