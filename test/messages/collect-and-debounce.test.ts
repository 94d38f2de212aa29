/** Several messages in one turn, and waiting until all of them are there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Plan, PolicyView } from '#src/index.ts';
import { collect, debounce, interrupt, latest, pipe } from '#src/policies/index.ts';

import { Stage } from './stage.ts';

test('collect: makes one turn of what waits, whose newest message carries the value', async () => {
  const stage = new Stage({ policy: collect() });
  await stage.enqueueAll('ada', 'a');
  await stage.enqueueAll('ada', 'b', 'c', 'd');
  await stage.end('a');
  assert.deepEqual(stage.started, ['a', 'b+c+d']);
  assert.equal(stage.turn('d').input, 'd');
  assert.equal(stage.queue.pending('ada'), 3);
  assert.equal(stage.queue.pending(), 3);
  await stage.enqueueAll('ada', 'e');
  await stage.end('d', 'all');
  assert.deepEqual(stage.told.slice(1).toSorted(), ['b: merged into d', 'c: merged into d', 'd: done all']);
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'b+c+d', 'e']);
  stage.assertIdle();
});

test('collect: splits where two neighbours do not belong together', async () => {
  const stage = new Stage({ policy: collect((one: string, next: string) => one[0] === next[0]) });
  await stage.enqueueAll('ada', 'x');
  await stage.enqueueAll('ada', 'ada 1', 'ada 2', 'bob 1', 'ada 3');
  await stage.endAll();
  assert.deepEqual(stage.started, ['x', 'ada 1+ada 2', 'bob 1', 'ada 3']);
});

test('collect: gives the inputs in the order of their arrival, whatever their priorities', async () => {
  const stage = new Stage({ policy: collect() });
  await stage.enqueueAll('ada', 'x');
  void stage.enqueue('ada', 'a');
  void stage.enqueue('ada', 'urgent', { priority: 100 });
  void stage.enqueue('ada', 'b');
  await stage.endAll();
  assert.deepEqual(stage.started, ['x', 'a+urgent+b']);
});

test('collect: tells the members of a turn that fails that it had them, and its carrier why', async () => {
  const stage = new Stage({ policy: collect() });
  await stage.enqueueAll('ada', 'a', 'b');
  await stage.fail('b', new Error('on purpose'));
  assert.deepEqual(stage.told.toSorted(), ['a: merged into b', 'b: failed on purpose']);
  stage.assertIdle();
});

test('collect: keeps what the turn started with in view after it has ended', async () => {
  const stage = new Stage({ policy: collect() });
  await stage.enqueueAll('ada', 'a', 'b');
  const turn = stage.turn('b');
  await stage.end('b');
  assert.deepEqual(turn.inputs, ['a', 'b']);
  assert.equal(turn.input, 'b');
});

// How far the start of a turn has come depends on promise jobs, so what disturbs it comes after each of them in turn.
const jobsUntilItRuns = 8;

async function startWithin(stage: Stage, jobs: number): Promise<void> {
  for (let job = 0; job < jobs; job += 1) await Promise.resolve();
  if (jobs === jobsUntilItRuns) assert.equal(stage.started.length, 1, 'it runs by now, so every step before was tried');
}

for (let jobs = 0; jobs <= jobsUntilItRuns; jobs += 1) {
  test(`collect: goes on without a member that is cancelled ${jobs} jobs after a batch was enqueued`, async () => {
    const stage = new Stage({ policy: collect() });
    const [first] = ['a', 'b', 'c'].map((name) => stage.enqueue('ada', name));
    await startWithin(stage, jobs);
    const hasStarted = stage.started.length > 0;
    assert.equal(first?.cancel(), true);
    await stage.settle();
    assert.deepEqual(stage.told, [hasStarted ? 'a: failed cancelled' : 'a: dropped cancelled']);
    assert.equal(stage.queue.pending(), 2);
    assert.deepEqual(stage.started, [hasStarted ? 'a+b+c' : 'b+c']);
    await stage.end('c');
    assert.deepEqual(stage.told.slice(1).toSorted(), ['b: merged into c', 'c: done c']);
    stage.assertIdle();
  });

  test(`collect: gives the others back when their carrier is cancelled ${jobs} jobs after that`, async () => {
    const stage = new Stage({ policy: collect() });
    const tickets = ['a', 'b', 'c'].map((name) => stage.enqueue('ada', name));
    await startWithin(stage, jobs);
    const hasStarted = stage.started.length > 0;
    tickets[2]?.cancel();
    await stage.settle();
    assert.equal(stage.queue.pending(), hasStarted ? 3 : 2);
    await stage.endAll();
    assert.deepEqual(stage.started, [hasStarted ? 'a+b+c' : 'a+b']);
    stage.assertIdle();
  });

  test(`collect: hands a batch back in its order when its session is cancelled ${jobs} jobs after that`, async () => {
    const stage = new Stage({ policy: collect() });
    for (const name of ['a', 'b', 'c']) void stage.enqueue('ada', name);
    await startWithin(stage, jobs);
    const unstarted = stage.queue.cancel('ada').map(({ message }) => message);
    assert.deepEqual(unstarted, stage.started.length > 0 ? [] : ['a', 'b', 'c']);
    await stage.endAll();
    stage.assertIdle();
  });

  test(`collect: lets a batch wait again, in order, when its session is paused ${jobs} jobs after that`, async () => {
    const stage = new Stage({ policy: collect() });
    for (const name of ['a', 'b', 'c']) void stage.enqueue('ada', name);
    await startWithin(stage, jobs);
    stage.queue.pause('ada');
    await stage.settle();
    const hasStarted = stage.started.length > 0;
    await stage.enqueueAll('ada', 'd');
    assert.equal(stage.queue.pending(), 4);
    stage.queue.resume('ada');
    await stage.endAll();
    assert.deepEqual(stage.started, hasStarted ? ['a+b+c', 'd'] : ['a+b+c+d']);
    stage.assertIdle();
  });
}

test('collect: takes one slot for a batch, and leaves the order of sessions fair', async () => {
  const stage = new Stage({ policy: collect(), concurrency: 1 });
  await stage.enqueueAll('ada', 'a1');
  await stage.enqueueAll('bob', 'b1');
  await stage.enqueueAll('ada', 'a2', 'a3');
  await stage.enqueueAll('cleo', 'c1', 'c2');
  await stage.endAll();
  assert.deepEqual(stage.started, ['a1', 'b1', 'c1+c2', 'a2+a3']);
  stage.assertIdle();
});

test('debounce: waits for a pause in what arrives, but no longer than its maximum', async () => {
  const stage = new Stage({ policy: pipe(debounce(100, 250), collect()) });
  void stage.enqueue('ada', 'a');
  await stage.elapse(90);
  void stage.enqueue('ada', 'b');
  await stage.elapse(99);
  assert.deepEqual(stage.started, []);
  void stage.enqueue('ada', 'c');
  await stage.elapse(60);
  assert.deepEqual(stage.started, []);
  await stage.elapse(1);
  assert.deepEqual(stage.started, ['a+b+c'], 'at 250, though the last came at 189');
  await stage.endAll();
  void stage.enqueue('ada', 'd');
  await stage.elapse(99);
  assert.equal(stage.started.length, 1);
  await stage.elapse(1);
  await stage.endAll();
  assert.deepEqual(stage.started, ['a+b+c', 'd']);
  stage.assertIdle();
});

test('debounce: keeps its maximum even when latest before it drops the one that came first', async () => {
  const stage = new Stage({ policy: pipe(latest, debounce(100, 250)) });
  for (let number = 0; number < 6; number += 1) {
    void stage.enqueue('ada', `${number}`);
    await stage.elapse(50);
  }
  assert.deepEqual(stage.started, ['4'], 'what was the newest when 250 ms were over');
  assert.deepEqual(
    stage.told.slice(0, 4),
    [0, 1, 2, 3].map((number) => `${number}: dropped replaced`),
  );
  await stage.elapse(1000);
  await stage.endAll();
  assert.deepEqual(stage.started, ['4', '5']);
  stage.assertIdle();
});

test('debounce: interrupts once, when all has been said', async () => {
  const stage = new Stage({ policy: pipe(debounce(100, 1000), interrupt) });
  void stage.enqueue('ada', 'a');
  await stage.elapse(100);
  void stage.enqueue('ada', 'b');
  await stage.elapse(50);
  void stage.enqueue('ada', 'c');
  await stage.elapse(99);
  assert.equal(stage.turn('a').signal.aborted, false);
  await stage.elapse(1);
  assert.equal(stage.turn('a').signal.aborted, true);
  await stage.endAll();
  assert.deepEqual(stage.told.toSorted(), ['a: failed interrupted', 'b: dropped replaced', 'c: done c']);
  stage.assertIdle();
});

test('collect, interrupted: onDrop is told of all that the turn had started with, before the next turn starts', async () => {
  const happened: string[] = [];
  const makeWay = ({ waiting, running }: PolicyView): Plan | undefined =>
    running !== undefined && waiting.length > 0 ? { abort: 'interrupted' } : undefined;
  const stage = new Stage({
    policy: pipe(makeWay, collect()),
    onDrop: ({ message, code }) => happened.push(`${message} ${code}, ${stage.started.length} started`),
  });
  stage.queue.pause();
  await stage.enqueueAll('ada', 'a');
  const cancelled = stage.enqueue('ada', 'cancelled');
  await stage.enqueueAll('ada', 'b');
  stage.queue.resume();
  await stage.settle();
  assert.deepEqual(stage.started, ['a+cancelled+b']);
  assert.ok(cancelled.cancel());
  await stage.enqueueAll('ada', 'new');
  await stage.end('b');
  assert.deepEqual(stage.started.slice(1), ['new']);
  assert.deepEqual(
    happened,
    ['a', 'b'].map((name) => `${name} interrupted, 1 started`),
  );
  await stage.endAll();
  stage.assertIdle();
});
