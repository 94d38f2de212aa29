/** `graceMs`: how long an aborted turn may hold its lane, and the fence behind the one that lost it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Stage } from './stage.ts';

test('releases the lane of an aborted turn after graceMs, and not before', async () => {
  const stage = new Stage({ timeoutMs: 100, graceMs: 50 });
  void stage.enqueue('ada', 'zombie');
  void stage.enqueue('ada', 'next');
  await stage.elapse(149);
  assert.deepEqual(stage.told, ['zombie: timeout']);
  assert.deepEqual(stage.started, ['zombie']);
  assert.equal(stage.queue.pending('ada'), 2);
  await stage.elapse(1);
  assert.deepEqual(stage.started, ['zombie', 'next']);
  assert.equal(stage.queue.pending('ada'), 1);
});

test('counts the grace from the abort, whatever aborted the turn', async () => {
  const stage = new Stage({ graceMs: 50 });
  const controller = new AbortController();
  void stage.enqueue('ada', 'cancelled');
  void stage.enqueue('bob', 'aborted', { signal: controller.signal });
  await stage.elapse(1000);
  stage.queue.cancel('ada');
  controller.abort();
  void stage.enqueue('ada', 'next of ada');
  void stage.enqueue('bob', 'next of bob');
  await stage.elapse(49);
  assert.deepEqual(stage.started, ['cancelled', 'aborted']);
  await stage.elapse(1);
  assert.deepEqual(stage.started.slice(2), ['next of ada', 'next of bob']);
});

test('gives the next turn a greater epoch, so that the zombie can be told apart', async () => {
  const stage = new Stage({ timeoutMs: 100, graceMs: 50 });
  void stage.enqueue('ada', 'zombie');
  void stage.enqueue('ada', 'next');
  await stage.elapse(150);
  assert.ok(stage.turn('next').epoch > stage.turn('zombie').epoch);
});

test('drops what a zombie gives or throws, and lets it end nobody else', async () => {
  const stage = new Stage({ timeoutMs: 100, graceMs: 50 });
  void stage.enqueue('ada', 'zombie');
  void stage.enqueue('ada', 'next', { timeoutMs: Infinity });
  void stage.enqueue('ada', 'third', { timeoutMs: Infinity });
  await stage.elapse(150);
  await stage.end('zombie');
  assert.deepEqual(stage.running, ['next']);
  assert.equal(stage.queue.pending('ada'), 2);
  await stage.end('next');
  assert.deepEqual(stage.running, ['third']);
  await stage.end('third');
  assert.deepEqual(stage.told, ['zombie: timeout', 'next: next', 'third: third']);
  assert.equal(stage.queue.pending(), 0);
});

test('no longer counts a turn whose lane was released, nor shows it', async () => {
  const stage = new Stage({ timeoutMs: 100, graceMs: 50 });
  void stage.enqueue('ada', 'zombie');
  await stage.elapse(149);
  assert.equal(stage.queue.pending(), 1);
  await stage.elapse(1);
  assert.equal(stage.queue.pending(), 0);
  assert.equal(stage.queue.inspect('ada'), undefined);
  await stage.fail('zombie', new Error('too late'));
  assert.equal(stage.queue.pending(), 0);
});

test('does not touch what a session does later when a zombie of it ends', async () => {
  const stage = new Stage({ timeoutMs: 100, graceMs: 50 });
  void stage.enqueue('ada', 'zombie');
  await stage.elapse(150);
  void stage.enqueue('ada', 'first', { timeoutMs: Infinity });
  void stage.enqueue('ada', 'second', { timeoutMs: Infinity });
  await stage.settle();
  await stage.end('zombie');
  assert.deepEqual(stage.running, ['first']);
  assert.equal(stage.queue.pending('ada'), 2);
});

test('releases nothing of a turn that ends within its grace', async () => {
  const stage = new Stage({ timeoutMs: 100, graceMs: 50 });
  void stage.enqueue('ada', 'in time');
  void stage.enqueue('ada', 'next', { timeoutMs: Infinity });
  void stage.enqueue('ada', 'third');
  await stage.elapse(120);
  await stage.end('in time');
  assert.deepEqual(stage.running, ['next']);
  await stage.elapse(1000);
  assert.deepEqual(stage.running, ['next']);
  assert.equal(stage.queue.pending('ada'), 2);
});

test('releases the lane in the same moment where graceMs is 0', async () => {
  const stage = new Stage({ timeoutMs: 100, graceMs: 0 });
  void stage.enqueue('ada', 'zombie');
  void stage.enqueue('ada', 'next');
  await stage.elapse(100);
  assert.deepEqual(stage.started, ['zombie', 'next']);
  assert.deepEqual(stage.told, ['zombie: timeout']);
});

test('can abort the turn that follows a zombie too', async () => {
  const stage = new Stage({ timeoutMs: 100, graceMs: 50 });
  for (const name of ['zombie', 'second zombie', 'third']) void stage.enqueue('ada', name);
  await stage.elapse(300);
  assert.deepEqual(stage.started, ['zombie', 'second zombie', 'third']);
  const epochs = stage.started.map((name) => stage.turn(name).epoch);
  assert.deepEqual(
    epochs,
    epochs.toSorted((one, other) => one - other),
  );
  assert.equal(new Set(epochs).size, 3);
});

test('leaves no timer behind', async () => {
  const stage = new Stage({ timeoutMs: 100, graceMs: 50 });
  void stage.enqueue('ada', 'in time');
  void stage.enqueue('bob', 'zombie');
  await stage.elapse(120);
  await stage.end('in time');
  await stage.elapse(30);
  assert.equal(stage.clock.timers, 0);
});
