/** `timeoutMs`: the caller is told in time, and yet no two turns of a session ever overlap. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Stage } from './stage.ts';

test('tells the caller when the time is over, and not before', async () => {
  const stage = new Stage({ timeoutMs: 100 });
  void stage.enqueue('ada', 'slow');
  await stage.elapse(99);
  assert.deepEqual(stage.told, []);
  await stage.elapse(1);
  assert.deepEqual(stage.told, ['slow: timeout']);
  assert.match(stage.error('slow').message, /"ada".*timeoutMs of 100 ms/);
});

test('keeps the lane closed after a timeout until the task has really ended', async () => {
  const stage = new Stage({ timeoutMs: 100 });
  void stage.enqueue('ada', 'slow');
  void stage.enqueue('ada', 'next');
  await stage.elapse(100);
  assert.deepEqual(stage.told, ['slow: timeout']);
  await stage.elapse(1_000_000);
  assert.deepEqual(stage.started, ['slow']);
  assert.equal(stage.queue.pending('ada'), 2);
  await stage.end('slow');
  assert.deepEqual(stage.running, ['next']);
});

test('aborts the signal of the turn, with the error that the caller was told for a reason', async () => {
  const stage = new Stage({ timeoutMs: 100 });
  void stage.enqueue('ada', 'slow');
  await stage.settle();
  const { signal } = stage.turn('slow');
  let aborts = 0;
  signal.addEventListener('abort', () => {
    aborts += 1;
  });
  await stage.elapse(99);
  assert.equal(signal.aborted, false);
  await stage.elapse(1);
  assert.equal(signal.aborted, true);
  assert.equal(signal.reason, stage.error('slow'));
  assert.equal(aborts, 1);
});

test('drops what a task gives or throws after its time', async () => {
  const stage = new Stage({ timeoutMs: 100 });
  void stage.enqueue('ada', 'gives');
  void stage.enqueue('bob', 'throws');
  await stage.elapse(100);
  await stage.end('gives');
  await stage.fail('throws', new Error('too late'));
  assert.deepEqual(stage.told, ['gives: timeout', 'throws: timeout']);
});

test('counts from the start of the turn, not from enqueue', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'first');
  void stage.enqueue('ada', 'second', { timeoutMs: 100 });
  await stage.elapse(1000);
  assert.deepEqual(stage.told, []);
  await stage.end('first');
  await stage.elapse(99);
  assert.deepEqual(stage.told, ['first: first']);
  await stage.elapse(1);
  assert.deepEqual(stage.told, ['first: first', 'second: timeout']);
});

test("lets an entry's own timeoutMs go before the queue's, shorter or longer", async () => {
  const stage = new Stage({ timeoutMs: 100 });
  void stage.enqueue('ada', 'shorter', { timeoutMs: 50 });
  void stage.enqueue('bob', 'as the queue', { timeoutMs: undefined });
  void stage.enqueue('cleo', 'longer', { timeoutMs: 200 });
  void stage.enqueue('dan', 'unlimited', { timeoutMs: Infinity });
  await stage.elapse(50);
  assert.deepEqual(stage.told, ['shorter: timeout']);
  await stage.elapse(50);
  assert.deepEqual(stage.told.slice(1), ['as the queue: timeout']);
  await stage.elapse(100);
  assert.deepEqual(stage.told.slice(2), ['longer: timeout']);
  await stage.elapse(1_000_000);
  assert.deepEqual(stage.running.includes('unlimited') && stage.told.length, 3);
});

test('leaves no timer behind when a turn ends in time, fails or runs out of time', async () => {
  const stage = new Stage({ timeoutMs: 100 });
  void stage.enqueue('ada', 'ends');
  void stage.enqueue('bob', 'fails');
  void stage.enqueue('cleo', 'stays');
  await stage.settle();
  assert.equal(stage.clock.timers, 3);
  await stage.end('ends');
  await stage.fail('fails', new Error('on purpose'));
  assert.equal(stage.clock.timers, 1);
  await stage.elapse(100);
  await stage.end('stays');
  assert.equal(stage.clock.timers, 0);
});

test('times the next turn of the session afresh', async () => {
  const stage = new Stage({ timeoutMs: 100 });
  void stage.enqueue('ada', 'first');
  void stage.enqueue('ada', 'second');
  await stage.elapse(90);
  await stage.end('first');
  await stage.elapse(90);
  assert.deepEqual(stage.told, ['first: first']);
  await stage.end('second');
  assert.deepEqual(stage.told, ['first: first', 'second: second']);
});

test('tells the caller once, though a timeout, a cancel and a signal come together', async () => {
  const stage = new Stage({ timeoutMs: 100 });
  const controller = new AbortController();
  void stage.enqueue('ada', 'subject', { signal: controller.signal });
  await stage.elapse(100);
  const { signal } = stage.turn('subject');
  controller.abort();
  stage.queue.cancel('ada');
  await stage.settle();
  assert.deepEqual(stage.told, ['subject: timeout']);
  assert.equal(signal.reason, stage.error('subject'));
});
