/** Order and exclusion: the one promise that the queue is for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSessionQueue } from '#src/index.ts';

import { settle } from './fake-clock.ts';
import { Stage } from './stage.ts';

test('runs the tasks of a session in the order of their enqueue calls, one at a time', async () => {
  const stage = new Stage();
  for (const name of ['first', 'second', 'third']) void stage.enqueue('ada', name);
  await stage.settle();
  assert.deepEqual(stage.running, ['first']);
  await stage.end('first');
  assert.deepEqual(stage.running, ['second']);
  await stage.end('second');
  assert.deepEqual(stage.running, ['third']);
  await stage.end('third');
  assert.deepEqual(stage.told, ['first: first', 'second: second', 'third: third']);
});

test('runs different sessions at the same time', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'of ada');
  void stage.enqueue('bob', 'of bob');
  void stage.enqueue('ada', 'second of ada');
  await stage.settle();
  assert.deepEqual(stage.running, ['of ada', 'of bob']);
  await stage.end('of bob');
  assert.deepEqual(stage.told, ['of bob: of bob']);
});

test('never starts a task inside enqueue, though its session is idle', () => {
  const queue = createSessionQueue();
  let hasStarted = false;
  void queue.enqueue('ada', () => {
    hasStarted = true;
  });
  assert.equal(hasStarted, false);
});

test('takes the place in line before enqueue returns, whoever awaits first', async () => {
  const queue = createSessionQueue();
  const order: string[] = [];
  const first = queue.enqueue('ada', async () => {
    await settle();
    order.push('first');
  });
  const second = queue.enqueue('ada', () => void order.push('second'));
  await second;
  await first;
  assert.deepEqual(order, ['first', 'second']);
});

test('puts what a turn enqueues for its own session behind what waits already', async () => {
  const queue = createSessionQueue();
  const order: string[] = [];
  let inner: Promise<unknown> = Promise.resolve();
  void queue.enqueue('ada', async () => {
    order.push('first begins');
    inner = queue.enqueue('ada', () => void order.push('inner'));
    await settle();
    order.push('first ends');
  });
  void queue.enqueue('ada', () => void order.push('second'));
  await settle();
  await settle();
  await inner;
  assert.deepEqual(order, ['first begins', 'first ends', 'second', 'inner']);
});

test('does not start what is enqueued at the very moment a turn ends before what waits', async () => {
  const stage = new Stage();
  const first = stage.enqueue('ada', 'first');
  void stage.enqueue('ada', 'second');
  const newcomer = first.then(() => stage.enqueue('ada', 'newcomer'));
  await stage.settle();
  await stage.end('first');
  await stage.endAll();
  await newcomer;
  assert.deepEqual(stage.started, ['first', 'second', 'newcomer']);
});

test('starts a session afresh when it was idle, as often as one likes', async () => {
  const queue = createSessionQueue();
  for (let round = 0; round < 5; round += 1) {
    assert.equal(await queue.enqueue('ada', () => round), round);
    assert.equal(queue.inspect('ada'), undefined);
  }
});

test('keeps 5,000 tasks of 50 sessions in order and apart, whatever each one does', async () => {
  const queue = createSessionQueue();
  const running = new Set<string>();
  const ran = new Map<string, number[]>();
  const results: Promise<unknown>[] = [];
  for (let number = 0; number < 5000; number += 1) {
    const key = `session ${number % 50}`;
    const task = async (): Promise<void> => {
      assert.ok(!running.has(key), 'two tasks of a session at once');
      running.add(key);
      ran.set(key, [...(ran.get(key) ?? []), number]);
      // Some end at once, some after a few microtasks, some after a pass, and some fail.
      for (let step = 0; step < number % 5; step += 1) await Promise.resolve();
      if (number % 97 === 0) await settle();
      running.delete(key);
      if (number % 7 === 0) throw new Error('on purpose');
    };
    results.push(queue.enqueue(key, task));
  }
  const outcomes = await Promise.allSettled(results);
  assert.equal(ran.size, 50);
  for (const numbers of ran.values()) {
    assert.equal(numbers.length, 100);
    assert.deepEqual(
      numbers,
      numbers.toSorted((one, other) => one - other),
    );
  }
  const failed = outcomes.flatMap(({ status }, number) => (status === 'rejected' ? [number] : []));
  assert.deepEqual(
    failed,
    Array.from({ length: 715 }, (_, index) => index * 7),
  );
});

const oddKeys: ReadonlyMap<string, string> = new Map([
  ['the empty string', ''],
  ['__proto__', '__proto__'],
  ['constructor', 'constructor'],
  ['hasOwnProperty', 'hasOwnProperty'],
  ['a lone surrogate', '\u{d800}'],
  ['a NUL', '\u{0}'],
  ['5 MB', 'x'.repeat(5_000_000)],
]);

for (const [description, key] of oddKeys) {
  test(`takes ${description} for a key like any other`, async () => {
    const stage = new Stage();
    assert.equal(stage.queue.pending(key), 0);
    assert.equal(stage.queue.inspect(key), undefined);
    void stage.enqueue(key, 'first');
    void stage.enqueue(key, 'second');
    void stage.enqueue('another', 'of another');
    await stage.settle();
    assert.deepEqual(stage.running, ['first', 'of another']);
    assert.equal(stage.turn('first').key, key);
    assert.equal(stage.queue.pending(key), 2);
    await stage.end('first');
    await stage.end('second');
    assert.equal(stage.queue.pending(key), 0);
    assert.equal(stage.queue.inspect(key), undefined);
    assert.deepEqual(stage.told, ['first: first', 'second: second']);
  });
}

test('tells keys apart that only look alike', async () => {
  const stage = new Stage();
  const keys = ['a', 'A', 'a ', '\u{e9}', 'e\u{301}', '1', '01'];
  for (const key of keys) void stage.enqueue(key, key);
  await stage.settle();
  assert.deepEqual(stage.running, keys);
});
