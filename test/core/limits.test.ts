/** `maxPending` and `maxPendingPerSession`: the queue says no instead of growing without end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Stage, queueErrorOf } from './stage.ts';

test('refuses what exceeds maxPending, counting what waits and what runs', async () => {
  const stage = new Stage({ maxPending: 3 });
  void stage.enqueue('ada', 'running');
  void stage.enqueue('ada', 'waiting');
  void stage.enqueue('bob', 'of bob');
  await stage.settle();
  const error = await queueErrorOf(stage.queue.enqueue('cleo', stage.task('refused')));
  assert.equal(error.code, 'full');
  assert.match(error.message, /3 pending.*maxPending/);
  assert.equal(stage.queue.pending(), 3);
  assert.equal(stage.queue.pending('cleo'), 0);
  await stage.endAll();
  assert.deepEqual(stage.started, ['running', 'of bob', 'waiting']);
});

test('takes again as soon as there is room', async () => {
  const stage = new Stage({ maxPending: 1 });
  const first = stage.enqueue('ada', 'first');
  await stage.settle();
  await assert.rejects(stage.enqueue('ada', 'too early'), { code: 'full' });
  const second = first.then(() => stage.enqueue('ada', 'second'));
  await stage.end('first');
  await stage.end('second');
  assert.equal(await second, 'second');
});

test('refuses what exceeds maxPendingPerSession, and lets other sessions go on', async () => {
  const stage = new Stage({ maxPendingPerSession: 2 });
  void stage.enqueue('ada', 'running');
  void stage.enqueue('ada', 'waiting');
  const error = await queueErrorOf(stage.queue.enqueue('ada', stage.task('refused')));
  assert.equal(error.code, 'full');
  assert.match(error.message, /"ada".*2 pending.*maxPendingPerSession/);
  void stage.enqueue('bob', 'of bob');
  void stage.enqueue('bob', 'second of bob');
  await stage.endAll();
  assert.deepEqual(stage.started, ['running', 'of bob', 'waiting', 'second of bob']);
  void stage.enqueue('ada', 'afterwards');
  await stage.endAll();
  assert.equal(stage.told.at(-1), 'afterwards: afterwards');
});

test('counts an aborted turn until it has ended, and no longer once its lane was released', async () => {
  const stage = new Stage({ maxPendingPerSession: 1, timeoutMs: 100, graceMs: 50 });
  void stage.enqueue('ada', 'zombie');
  await stage.elapse(100);
  await assert.rejects(stage.enqueue('ada', 'too early'), { code: 'full' });
  await stage.elapse(50);
  void stage.enqueue('ada', 'next');
  await stage.settle();
  assert.deepEqual(stage.started, ['zombie', 'next']);
});

test('gives the room of what was dropped to others', async () => {
  const stage = new Stage({ maxPending: 2 });
  void stage.enqueue('ada', 'running');
  void stage.enqueue('ada', 'expiring', { ttlMs: 10 });
  await assert.rejects(stage.enqueue('bob', 'too early'), { code: 'full' });
  await stage.elapse(10);
  void stage.enqueue('bob', 'of bob');
  await stage.settle();
  assert.deepEqual(stage.running, ['running', 'of bob']);
});

test('keeps both limits at once', async () => {
  const stage = new Stage({ maxPending: 3, maxPendingPerSession: 2 });
  void stage.enqueue('ada', 'one');
  void stage.enqueue('ada', 'two');
  await assert.rejects(stage.enqueue('ada', 'three'), { code: 'full', message: /maxPendingPerSession/ });
  void stage.enqueue('bob', 'of bob');
  await assert.rejects(stage.enqueue('bob', 'second of bob'), { code: 'full', message: /maxPending[^P]/ });
});

test('takes no more than it may from a burst in a single step', async () => {
  const stage = new Stage({ maxPending: 10 });
  const results = Array.from({ length: 100 }, (_, number) => stage.enqueue(`session ${number}`, `task ${number}`));
  const refused = Promise.allSettled(results.slice(10));
  assert.equal(stage.queue.pending(), 10);
  await stage.endAll();
  assert.equal(stage.started.length, 10);
  assert.ok((await refused).every(({ status }) => status === 'rejected'));
});
