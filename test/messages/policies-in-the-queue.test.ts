/** Policies at work in a queue of messages: what runs, who is told what, and that nothing stays behind. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cap, collect, debounce, interrupt, latest, pipe, rateLimit, reject, ttl } from '#src/policies/index.ts';

import { Stage as TaskStage } from '../core/stage.ts';
import { ofEntry, ofType } from '../core/told-events.ts';
import { Stage } from './stage.ts';

test('reject: refuses what comes to a busy session, and takes what comes when it is idle again', async () => {
  const stage = new Stage({ policy: reject });
  await stage.enqueueAll('ada', 'a', 'of the same burst');
  await stage.enqueueAll('ada', 'later');
  await stage.end('a');
  await stage.enqueueAll('ada', 'b');
  await stage.endAll();
  assert.deepEqual(stage.told, [
    'of the same burst: dropped rejected',
    'later: dropped rejected',
    'a: done a',
    'b: done b',
  ]);
  stage.assertIdle();
});

test('reject: refuses as long as an aborted turn has not ended', async () => {
  const stage = new Stage({ policy: reject, timeoutMs: 10 });
  await stage.enqueueAll('ada', 'a');
  await stage.elapse(10);
  await stage.enqueueAll('ada', 'b');
  await stage.end('a');
  await stage.enqueueAll('ada', 'c');
  await stage.endAll();
  assert.deepEqual(stage.told, ['a: failed timeout', 'b: dropped rejected', 'c: done c']);
});

test('latest: lets the running turn end, and only the newest wait', async () => {
  const stage = new Stage({ policy: latest });
  await stage.enqueueAll('ada', 'a');
  for (const message of ['b', 'c', 'd']) await stage.enqueueAll('ada', message);
  assert.equal(stage.queue.pending('ada'), 2);
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'd']);
  assert.deepEqual(stage.told, ['b: dropped replaced', 'c: dropped replaced', 'a: done a', 'd: done d']);
  stage.assertIdle();
});

test('interrupt: starts the newer one only after the old turn has cleaned up', async () => {
  const stage = new Stage({ policy: interrupt });
  await stage.enqueueAll('ada', 'a');
  const { signal } = stage.turn('a');
  await stage.enqueueAll('ada', 'b');
  assert.equal(signal.aborted, true);
  assert.deepEqual(stage.told, ['a: failed interrupted']);
  assert.deepEqual(stage.started, ['a']);
  await stage.elapse(60_000);
  assert.deepEqual(stage.started, ['a'], 'it ignores its signal, so the newer one waits');
  await stage.enqueueAll('ada', 'c');
  await stage.end('a', 'a value that nobody wants');
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'c']);
  assert.deepEqual(stage.told, ['a: failed interrupted', 'b: dropped replaced', 'c: done c']);
  stage.assertIdle();
});

test('interrupt: releases the lane after a finite grace, and fences the old turn', async () => {
  const stage = new Stage({ policy: interrupt, graceMs: 50 });
  const events = stage.listen();
  await stage.enqueueAll('ada', 'a');
  const zombie = stage.turn('a');
  await stage.enqueueAll('ada', 'b');
  await stage.elapse(50);
  assert.deepEqual(stage.started, ['a', 'b']);
  assert.ok(stage.turn('b').epoch > zombie.epoch);
  await stage.end('a', 'a value that nobody wants');
  await stage.enqueueAll('ada', 'c');
  assert.deepEqual(zombie.take(), []);
  await stage.end('b');
  await stage.endAll();
  assert.deepEqual(stage.told, ['a: failed interrupted', 'b: failed interrupted', 'c: done c']);
  assert.deepEqual(ofEntry(events, '1'), [
    'enqueued',
    'started',
    'aborted: interrupted',
    'settled: failed, interrupted',
    'released',
    'ended',
  ]);
  stage.assertIdle();
});

test('cap: drops the oldest or the newest of what is too many', async () => {
  for (const [who, started] of [
    ['oldest', ['a', 'c', 'd']],
    ['newest', ['a', 'b', 'c']],
  ] as const) {
    const stage = new Stage({ policy: cap(2, who) });
    for (const message of ['a', 'b', 'c', 'd']) await stage.enqueueAll('ada', message);
    await stage.endAll();
    assert.deepEqual(stage.started, started);
    stage.assertIdle();
  }
});

test('ttl: drops what has waited too long at that time, paused or not, and touches no turn', async () => {
  const stage = new Stage({ policy: ttl(100) });
  await stage.enqueueAll('ada', 'a');
  await stage.elapse(30);
  await stage.enqueueAll('ada', 'b');
  stage.queue.pause();
  await stage.elapse(40);
  await stage.enqueueAll('ada', 'c');
  await stage.elapse(59);
  assert.deepEqual(stage.told, []);
  await stage.elapse(1);
  assert.deepEqual(stage.told, ['b: dropped expired']);
  stage.queue.resume();
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'c']);
  stage.assertIdle();
});

test('rateLimit: holds a session that was idle meanwhile, and no other one', async () => {
  const stage = new Stage({ policy: rateLimit(2, 1000) });
  for (const message of ['a', 'b']) {
    await stage.enqueueAll('ada', message);
    await stage.endAll();
    await stage.elapse(100);
  }
  assert.equal(stage.queue.inspect('ada'), undefined);
  await stage.enqueueAll('ada', 'c');
  await stage.enqueueAll('bob', 'd');
  assert.deepEqual(stage.started, ['a', 'b', 'd']);
  await stage.elapse(799);
  assert.deepEqual(stage.started, ['a', 'b', 'd']);
  await stage.elapse(1);
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'b', 'd', 'c']);
  stage.assertIdle();
});

test('decides for tasks as well', async () => {
  const stage = new TaskStage({ policy: pipe(cap(1, 'newest'), debounce(10, 100), interrupt) });
  void stage.enqueue('ada', 'a');
  await stage.elapse(10);
  void stage.enqueue('ada', 'b');
  void stage.enqueue('ada', 'c');
  await stage.elapse(10);
  await stage.endAll();
  assert.deepEqual(stage.told, ['c: full', 'a: interrupted', 'b: b']);
  assert.equal(stage.queue.pending(), 0);
  assert.equal(stage.clock.timers, 0);
});

test('tells every entry as enqueued and as settled exactly once, and once that it is drained', async () => {
  const stage = new Stage({ policy: pipe(cap(3, 'oldest'), collect()) });
  const events = stage.listen();
  stage.queue.pause();
  await stage.enqueueAll('ada', 'a', 'b', 'c', 'd', 'e');
  stage.queue.resume();
  await stage.endAll();
  const idsOf = (type: 'enqueued' | 'settled'): readonly string[] => ofType(events, type).map(({ id }) => id);
  assert.deepEqual(idsOf('enqueued'), ['1', '2', '3', '4', '5']);
  assert.deepEqual(idsOf('settled').toSorted(), ['1', '2', '3', '4', '5']);
  assert.deepEqual(
    ofType(events, 'settled').flatMap(({ id, into }) => (into === undefined ? [] : [`${id} into ${into}`])),
    ['3 into 5', '4 into 5'],
  );
  assert.equal(ofType(events, 'drained').length, 1);
  stage.assertIdle();
});

test('tells once that it is drained when a policy dropped the last that waited', async () => {
  const stage = new Stage({ policy: ttl(10) });
  const events = stage.listen();
  stage.queue.pause();
  await stage.enqueueAll('ada', 'a', 'b');
  const drained = stage.queue.drained();
  await stage.elapse(10);
  await drained;
  assert.equal(ofType(events, 'drained').length, 1);
  stage.assertIdle();
});
