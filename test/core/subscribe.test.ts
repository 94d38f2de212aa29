/** `subscribe`: when listeners are called, and that they can disturb nobody. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSessionQueue } from '#src/index.ts';

import { Stage, wrong } from './stage.ts';

test('never calls a listener inside the call that caused the event', async () => {
  const stage = new Stage({ timeoutMs: 1000 });
  let isInside = false;
  const told: string[] = [];
  stage.queue.subscribe(({ type }) => {
    assert.equal(isInside, false, `${type} was told inside a call`);
    told.push(type);
  });
  const inside = (call: () => unknown): void => {
    isInside = true;
    call();
    isInside = false;
  };
  inside(() => stage.enqueue('ada', 'first'));
  await stage.settle();
  inside(() => stage.enqueue('ada', 'second'));
  inside(() => stage.queue.pause());
  inside(() => stage.queue.resume());
  inside(() => stage.queue.cancel('ada'));
  inside(() => stage.queue.stop());
  inside(() => void stage.enqueue('ada', 'refused').catch(() => undefined));
  inside(() => void stage.queue.close({ drainMs: 0 }));
  await stage.settle();
  assert.deepEqual(told, [
    'enqueued',
    'started',
    'enqueued',
    'paused',
    'resumed',
    'settled',
    'aborted',
    'settled',
    'stopped',
    'refused',
  ]);
});

test('tells every listener everything, in the same order', async () => {
  const stage = new Stage();
  const one = stage.listen();
  const other = stage.listen();
  for (const key of ['ada', 'bob', 'ada']) void stage.enqueue(key, `${key} ${stage.queue.pending()}`);
  await stage.endAll();
  assert.equal(one.length, 13);
  assert.deepEqual(one, other);
});

test('tells nothing of what happened before the subscription, nor after its end', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'before');
  const types: string[] = [];
  const unsubscribe = stage.queue.subscribe(({ type }) => types.push(type));
  await stage.settle();
  assert.deepEqual(types, ['started']);
  unsubscribe();
  unsubscribe();
  await stage.endAll();
  assert.deepEqual(types, ['started']);
});

test('tells nothing more to a listener that unsubscribes itself or another, though events are on their way', async () => {
  const stage = new Stage();
  const types: string[] = [];
  const unsubscribe = stage.queue.subscribe(({ type }) => {
    types.push(`one: ${type}`);
    unsubscribe();
    unsubscribeOther();
  });
  const unsubscribeOther = stage.queue.subscribe(({ type }) => types.push(`other: ${type}`));
  const third = stage.listen();
  stage.queue.pause();
  stage.queue.resume();
  await stage.settle();
  assert.deepEqual(types, ['one: paused']);
  assert.equal(third.length, 2);
});

test('can be subscribed to again after the last listener has left', async () => {
  const stage = new Stage();
  const leave = stage.queue.subscribe(() => undefined);
  leave();
  const events = stage.listen();
  leave();
  stage.queue.pause();
  await stage.settle();
  assert.equal(events.length, 1);
});

test('keeps what a listener does to the queue in order', async () => {
  const stage = new Stage();
  const types: string[] = [];
  stage.queue.subscribe((event) => {
    types.push(event.type);
    if (event.type === 'settled' && event.id === '1') void stage.enqueue('ada', 'by the listener');
  });
  void stage.enqueue('ada', 'first');
  await stage.endAll();
  await stage.endAll();
  assert.deepEqual(stage.started, ['first', 'by the listener']);
  assert.deepEqual(types.slice(3, 6), ['settled', 'drained', 'enqueued']);
});

test('refuses a listener that is no function', () => {
  const queue = createSessionQueue();
  assert.throws(() => queue.subscribe(wrong('log')), {
    name: 'TypeError',
    message: 'subscribe: the listener is "log"; expected a function.',
  });
});
