/** `priority`: a head start in seconds in the line of one session, so that nothing starves. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Stage } from './stage.ts';

test('places an entry as if it had been enqueued that many seconds earlier', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'running');
  await stage.settle();
  void stage.enqueue('ada', '11 s earlier');
  await stage.elapse(2000);
  void stage.enqueue('ada', '9 s earlier');
  await stage.elapse(9000);
  void stage.enqueue('ada', 'just before');
  void stage.enqueue('ada', 'with a head start of 10 s', { priority: 10 });
  await stage.endAll();
  assert.deepEqual(stage.started, [
    'running',
    '11 s earlier',
    'with a head start of 10 s',
    '9 s earlier',
    'just before',
  ]);
});

test('keeps the order of arrival among equals', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'running');
  await stage.settle();
  const order = ['a: 5', 'b: 0', 'c: 5', 'd: 1', 'e: 0', 'f: 5', 'g: 1'];
  for (const name of order) void stage.enqueue('ada', name, { priority: Number(name.slice(3)) });
  await stage.endAll();
  assert.deepEqual(stage.started, ['running', 'a: 5', 'c: 5', 'f: 5', 'd: 1', 'g: 1', 'b: 0', 'e: 0']);
});

test('puts an entry with a head start that makes it exactly as old as another behind that one', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'running');
  await stage.settle();
  void stage.enqueue('ada', 'older');
  await stage.elapse(3000);
  void stage.enqueue('ada', 'as old', { priority: 3 });
  await stage.endAll();
  assert.deepEqual(stage.started, ['running', 'older', 'as old']);
});

test('lets a negative priority stand back', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'running');
  await stage.settle();
  void stage.enqueue('ada', 'stands back 2 s', { priority: -2 });
  void stage.enqueue('ada', 'at once');
  await stage.elapse(1000);
  void stage.enqueue('ada', 'a second later');
  await stage.elapse(2000);
  void stage.enqueue('ada', 'three seconds later');
  await stage.endAll();
  assert.deepEqual(stage.started, ['running', 'at once', 'a second later', 'stands back 2 s', 'three seconds later']);
});

test('starves nobody: who waits longer than the head start is overtaken no more', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'urgent 0', { priority: 60 });
  void stage.enqueue('ada', 'patient');
  // An urgent one arrives every second, and one turn ends every two.
  for (let second = 1; second < 300 && !stage.started.includes('patient'); second += 1) {
    await stage.elapse(1000);
    void stage.enqueue('ada', `urgent ${second}`, { priority: 60 });
    const [name] = stage.running;
    if (second % 2 === 0 && name !== undefined) await stage.end(name);
  }
  // The urgent ones of its first 60 s may go before it, and no other.
  assert.equal(stage.started.indexOf('patient'), 60);
});

test('never overtakes the turn that runs', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'running');
  await stage.settle();
  void stage.enqueue('ada', 'urgent', { priority: 1_000_000 });
  await stage.settle();
  assert.deepEqual(stage.running, ['running']);
  await stage.end('running');
  assert.deepEqual(stage.running, ['urgent']);
});

test('counts in the line of its own session alone', async () => {
  const stage = new Stage({ concurrency: 1 });
  void stage.enqueue('ada', 'of ada');
  void stage.enqueue('bob', 'of bob');
  void stage.enqueue('cleo', 'of cleo', { priority: 1000 });
  await stage.endAll();
  assert.deepEqual(stage.started, ['of ada', 'of bob', 'of cleo']);
});

test('keeps its place when others leave the line around it', async () => {
  const stage = new Stage();
  const controller = new AbortController();
  void stage.enqueue('ada', 'running');
  await stage.settle();
  void stage.enqueue('ada', 'plain');
  void stage.enqueue('ada', 'first of the urgent', { priority: 9, signal: controller.signal });
  void stage.enqueue('ada', 'urgent', { priority: 5 });
  void stage.enqueue('ada', 'last of all', { signal: controller.signal });
  controller.abort();
  void stage.enqueue('ada', 'middle', { priority: 2 });
  await stage.endAll();
  assert.deepEqual(stage.started, ['running', 'urgent', 'middle', 'plain']);
});
