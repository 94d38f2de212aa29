/** `ttlMs`: how long an entry may wait. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Stage } from './stage.ts';

test('drops an entry that has waited its ttlMs, and not before', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'first');
  void stage.enqueue('ada', 'second', { ttlMs: 100 });
  void stage.enqueue('ada', 'third');
  await stage.elapse(99);
  assert.deepEqual(stage.told, []);
  assert.equal(stage.queue.pending('ada'), 3);
  await stage.elapse(1);
  assert.deepEqual(stage.told, ['second: expired']);
  assert.equal(stage.queue.pending('ada'), 2);
  assert.match(stage.error('second').message, /"ada".*ttlMs of 100/);
  await stage.endAll();
  assert.deepEqual(stage.started, ['first', 'third']);
});

test('does not count once the turn has started', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'subject', { ttlMs: 100 });
  await stage.elapse(10_000);
  assert.deepEqual(stage.told, []);
  assert.equal(stage.clock.timers, 0);
  await stage.end('subject');
  assert.deepEqual(stage.told, ['subject: subject']);
});

test('counts while the session is paused', async () => {
  const stage = new Stage();
  stage.queue.pause('ada');
  void stage.enqueue('ada', 'subject', { ttlMs: 100 });
  await stage.elapse(100);
  assert.deepEqual(stage.told, ['subject: expired']);
  assert.equal(stage.queue.pending(), 0);
});

test('counts while the session waits for a slot', async () => {
  const stage = new Stage({ concurrency: 1 });
  void stage.enqueue('ada', 'of ada');
  void stage.enqueue('bob', 'of bob', { ttlMs: 100 });
  void stage.enqueue('cleo', 'of cleo');
  await stage.elapse(100);
  assert.deepEqual(stage.told, ['of bob: expired']);
  await stage.end('of ada');
  assert.deepEqual(stage.running, ['of cleo']);
});

test('expires each entry at its own time, wherever it stands', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'running');
  void stage.enqueue('ada', 'late', { ttlMs: 300 });
  void stage.enqueue('ada', 'early', { ttlMs: 100 });
  void stage.enqueue('ada', 'between', { ttlMs: 200 });
  await stage.elapse(1000);
  assert.deepEqual(stage.told, ['early: expired', 'between: expired', 'late: expired']);
  assert.equal(stage.queue.pending('ada'), 1);
});

test('leaves no timer behind, however the entry leaves the line', async () => {
  const stage = new Stage();
  const controller = new AbortController();
  void stage.enqueue('ada', 'running');
  void stage.enqueue('ada', 'next', { ttlMs: 100 });
  void stage.enqueue('ada', 'aborted', { ttlMs: 100, signal: controller.signal });
  void stage.enqueue('bob', 'of bob');
  void stage.enqueue('bob', 'cancelled', { ttlMs: 100 });
  await stage.settle();
  assert.equal(stage.clock.timers, 3);
  controller.abort();
  stage.queue.cancel('bob');
  await stage.end('running');
  await stage.end('of bob');
  assert.equal(stage.clock.timers, 0);
});
