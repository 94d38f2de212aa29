/** `concurrency`: a bound over all sessions, and turns that are shared out fairly. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Stage } from './stage.ts';

test('never runs more turns at once than it has slots, and never fewer while anyone is ready', async () => {
  const stage = new Stage({ concurrency: 3 });
  for (let number = 0; number < 60; number += 1) void stage.enqueue(`session ${number % 9}`, `task ${number}`);
  await stage.settle();
  for (let ended = 0; ended < 60; ended += 1) {
    assert.equal(stage.running.length, Math.min(3, 60 - ended));
    // Ends and failures give a slot back alike.
    const [name = ''] = stage.running;
    if (ended % 4 === 0) await stage.fail(name, new Error('on purpose'));
    else await stage.end(name);
  }
  assert.equal(stage.started.length, 60);
});

test('gives a freed slot to the oldest waiter, not to a newcomer', async () => {
  const stage = new Stage({ concurrency: 1 });
  const first = stage.enqueue('ada', 'of ada');
  void stage.enqueue('bob', 'of bob');
  void first.then(() => stage.enqueue('dan', 'newcomer'));
  await stage.settle();
  void stage.enqueue('cleo', 'of cleo');
  await stage.end('of ada');
  assert.deepEqual(stage.running, ['of bob']);
  await stage.endAll();
  assert.deepEqual(stage.started, ['of ada', 'of bob', 'of cleo', 'newcomer']);
});

test('gives one turn to each ready session in turn, however long a line is', async () => {
  const stage = new Stage({ concurrency: 1 });
  for (let number = 1; number <= 5; number += 1) void stage.enqueue('ada', `ada ${number}`);
  for (const name of ['bob 1', 'bob 2', 'cleo 1', 'cleo 2']) void stage.enqueue(name.split(' ')[0] ?? '', name);
  await stage.endAll();
  assert.deepEqual(stage.started, ['ada 1', 'bob 1', 'cleo 1', 'ada 2', 'bob 2', 'cleo 2', 'ada 3', 'ada 4', 'ada 5']);
});

test('lets no session wait longer than ceil(K / N) rounds of turns', async () => {
  const slots = 3;
  const sessions = 7;
  const stage = new Stage({ concurrency: slots });
  for (let number = 0; number < 20; number += 1) {
    for (let session = 0; session < sessions; session += 1) {
      // One session has far more to do than the others.
      for (let more = session === 0 ? 10 : 1; more > 0; more -= 1) {
        void stage.enqueue(`${session}`, `${session} ${number} ${more}`);
      }
    }
  }
  await stage.settle();
  const lastRound = new Map<string, number>();
  for (let round = 1; round <= 30; round += 1) {
    const names = [...stage.running];
    assert.equal(names.length, slots);
    for (const name of names) {
      const [session = ''] = name.split(' ');
      assert.ok(round - (lastRound.get(session) ?? 0) <= Math.ceil(sessions / slots), `${session} in round ${round}`);
      lastRound.set(session, round);
    }
    for (const name of names) await stage.end(name);
  }
  assert.equal(lastRound.size, sessions);
});

test('keeps the slot of an aborted turn taken until its task has ended', async () => {
  const stage = new Stage({ concurrency: 1, timeoutMs: 100 });
  void stage.enqueue('ada', 'slow');
  void stage.enqueue('bob', 'of bob');
  await stage.elapse(1000);
  assert.deepEqual(stage.told, ['slow: timeout']);
  assert.deepEqual(stage.started, ['slow']);
  await stage.end('slow');
  assert.deepEqual(stage.running, ['of bob']);
});

test('hands on the slot of a turn whose lane was released, once', async () => {
  const stage = new Stage({ concurrency: 1, timeoutMs: 100, graceMs: 50 });
  void stage.enqueue('ada', 'zombie');
  void stage.enqueue('bob', 'of bob', { timeoutMs: Infinity });
  void stage.enqueue('cleo', 'of cleo');
  await stage.elapse(150);
  assert.deepEqual(stage.started, ['zombie', 'of bob']);
  await stage.end('zombie');
  assert.deepEqual(stage.started, ['zombie', 'of bob']);
});

test('hands on the slot of an entry that leaves when it is about to start', async () => {
  const stage = new Stage({ concurrency: 1 });
  void stage.enqueue('ada', 'of ada');
  void stage.enqueue('bob', 'of bob');
  void stage.enqueue('cleo', 'of cleo');
  stage.queue.cancel('ada');
  await stage.settle();
  assert.deepEqual(stage.running, ['of bob']);
  await stage.end('of bob');
  assert.deepEqual(stage.running, ['of cleo']);
});

test('lets a session keep its turn when its entry leaves that was about to start', async () => {
  const stage = new Stage({ concurrency: 1 });
  const controller = new AbortController();
  void stage.enqueue('ada', 'leaves', { signal: controller.signal });
  void stage.enqueue('ada', 'second of ada');
  void stage.enqueue('bob', 'of bob');
  controller.abort();
  await stage.endAll();
  assert.deepEqual(stage.started, ['second of ada', 'of bob']);
});

test('gives no slot to a session that is paused while it waits for one', async () => {
  const stage = new Stage({ concurrency: 1 });
  for (const key of ['ada', 'bob', 'cleo']) void stage.enqueue(key, `of ${key}`);
  await stage.settle();
  stage.queue.pause('bob');
  await stage.end('of ada');
  assert.deepEqual(stage.running, ['of cleo']);
  stage.queue.resume('bob');
  await stage.settle();
  assert.deepEqual(stage.running, ['of cleo']);
  await stage.end('of cleo');
  assert.deepEqual(stage.running, ['of bob']);
});

test('gives no slot to a session that lost everything while it waited for one', async () => {
  const stage = new Stage({ concurrency: 1 });
  for (const key of ['ada', 'bob', 'cleo']) void stage.enqueue(key, `of ${key}`);
  await stage.settle();
  stage.queue.cancel('bob');
  await stage.end('of ada');
  assert.deepEqual(stage.running, ['of cleo']);
  void stage.enqueue('bob', 'again');
  await stage.end('of cleo');
  assert.deepEqual(stage.running, ['again']);
});

test('uses every slot after a resume of everything, and no more', async () => {
  const stage = new Stage({ concurrency: 2 });
  stage.queue.pause();
  for (const key of ['ada', 'bob', 'cleo', 'dan']) void stage.enqueue(key, `of ${key}`);
  await stage.settle();
  assert.deepEqual(stage.started, []);
  stage.queue.resume();
  await stage.settle();
  assert.deepEqual(stage.running, ['of ada', 'of bob']);
  await stage.endAll();
  assert.deepEqual(stage.started, ['of ada', 'of bob', 'of cleo', 'of dan']);
});

test('has as many slots as before after every way in which an entry can end', async () => {
  const stage = new Stage({ concurrency: 2, graceMs: 50 });
  const controller = new AbortController();
  const { signal } = controller;
  for (const key of ['ada', 'bob', 'cleo', 'dan', 'eve', 'fay']) {
    void stage.enqueue(key, `${key} 1`, { signal, timeoutMs: 30 });
    void stage.enqueue(key, `${key} 2`, { ttlMs: 20 });
  }
  await stage.settle();
  stage.queue.cancel('cleo');
  stage.queue.pause('dan');
  await stage.elapse(25);
  controller.abort();
  await stage.elapse(100);
  stage.queue.resume('dan');
  await stage.endAll();
  assert.equal(stage.queue.pending(), 0);
  for (const key of ['ada', 'bob', 'cleo', 'dan']) void stage.enqueue(key, `${key} afterwards`);
  await stage.settle();
  assert.deepEqual(stage.running, ['ada afterwards', 'bob afterwards']);
  await stage.endAll();
  assert.equal(stage.queue.pending(), 0);
});
