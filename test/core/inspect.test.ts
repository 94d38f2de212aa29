/** `inspect`: the queue and its sessions as plain data. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Stage } from './stage.ts';

test('shows an idle queue, and no idle session', async () => {
  const stage = new Stage();
  const idle = {
    pending: 0,
    waiting: 0,
    running: 0,
    stopped: false,
    paused: false,
    pausedSessions: [],
    sessions: [],
  };
  assert.deepEqual(stage.queue.inspect(), idle);
  assert.equal(stage.queue.inspect('ada'), undefined);
  void stage.enqueue('ada', 'task');
  await stage.endAll();
  assert.deepEqual(stage.queue.inspect(), idle);
  assert.equal(stage.queue.inspect('ada'), undefined);
});

test('shows a running session: who runs since when, and who waits since when', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'running');
  await stage.elapse(30);
  void stage.enqueue('ada', 'waiting');
  await stage.elapse(12);
  void stage.enqueue('ada', 'waiting too');
  assert.deepEqual(stage.queue.inspect('ada'), {
    key: 'ada',
    state: 'running',
    turn: { id: '1', epoch: stage.turn('running').epoch, ranMs: 42, awaits: [] },
    waiting: 2,
    oldestWaitedMs: 12,
  });
});

test('shows how long the entry that is next has waited, which need not be the oldest', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'running');
  await stage.elapse(10);
  void stage.enqueue('ada', 'waiting');
  await stage.elapse(10);
  void stage.enqueue('ada', 'urgent', { priority: 1 });
  await stage.elapse(5);
  assert.equal(stage.queue.inspect('ada')?.oldestWaitedMs, 5);
});

test('shows an entry that is about to start as ready, without a turn', () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'about to start');
  const snapshot = stage.queue.inspect('ada');
  assert.equal(snapshot?.state, 'ready');
  assert.equal(Object.hasOwn(snapshot, 'turn'), false);
});

test('shows a session that waits for a slot as ready', async () => {
  const stage = new Stage({ concurrency: 1 });
  void stage.enqueue('ada', 'running');
  await stage.elapse(5);
  void stage.enqueue('bob', 'waiting');
  await stage.elapse(7);
  assert.deepEqual(stage.queue.inspect('bob'), { key: 'bob', state: 'ready', waiting: 1, oldestWaitedMs: 7 });
});

test('shows a session whose turn was aborted as aborting, and since when', async () => {
  const stage = new Stage({ timeoutMs: 100 });
  void stage.enqueue('ada', 'slow');
  void stage.enqueue('ada', 'waiting');
  await stage.elapse(130);
  assert.deepEqual(stage.queue.inspect('ada'), {
    key: 'ada',
    state: 'aborting',
    turn: { id: '1', epoch: stage.turn('slow').epoch, ranMs: 130, abortedMs: 30, awaits: [] },
    waiting: 1,
    oldestWaitedMs: 130,
  });
});

test('shows a session as paused once nothing of it runs any more', async () => {
  const stage = new Stage();
  for (const name of ['first', 'second']) void stage.enqueue('ada', name);
  await stage.elapse(20);
  stage.queue.pause('ada');
  assert.equal(stage.queue.inspect('ada')?.state, 'running');
  await stage.end('first');
  assert.deepEqual(stage.queue.inspect('ada'), { key: 'ada', state: 'paused', waiting: 1, oldestWaitedMs: 20 });
  stage.queue.resume('ada');
  stage.queue.pause();
  await stage.settle();
  assert.equal(stage.queue.inspect('ada')?.state, 'paused');
  assert.equal(stage.queue.inspect().paused, true);
  assert.deepEqual(stage.queue.inspect().pausedSessions, []);
});

test('shows an entry that a pause keeps from starting as waiting and paused', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'about to start');
  stage.queue.pause('ada');
  await stage.settle();
  assert.deepEqual(stage.queue.inspect('ada'), { key: 'ada', state: 'paused', waiting: 1, oldestWaitedMs: 0 });
  const { pending, waiting, running } = stage.queue.inspect();
  assert.deepEqual({ pending, waiting, running }, { pending: 1, waiting: 1, running: 0 });
});

test('shows a paused session as paused from the first moment on', () => {
  const stage = new Stage();
  const controller = new AbortController();
  const paused = { key: 'ada', state: 'paused', waiting: 1, oldestWaitedMs: 0 };
  void stage.enqueue('ada', 'leaves', { signal: controller.signal });
  void stage.enqueue('ada', 'second');
  stage.queue.pause();
  controller.abort();
  assert.deepEqual(stage.queue.inspect('ada'), paused);
  void stage.enqueue('bob', 'of bob');
  assert.deepEqual(stage.queue.inspect('bob'), { ...paused, key: 'bob' });
});

test('shows the whole queue, oldest session first, with sums that agree with pending', async () => {
  const stage = new Stage();
  for (const key of ['cleo', 'ada', 'bob', 'ada', 'ada', 'cleo']) {
    void stage.enqueue(key, `${key} ${stage.queue.pending()}`);
  }
  stage.queue.pause('dan');
  void stage.enqueue('dan', 'of dan');
  await stage.settle();
  stage.queue.stop();
  const snapshot = stage.queue.inspect();
  assert.deepEqual(
    snapshot.sessions.map(({ key, state, waiting }) => ({ key, state, waiting })),
    [
      { key: 'cleo', state: 'running', waiting: 1 },
      { key: 'ada', state: 'running', waiting: 2 },
      { key: 'bob', state: 'running', waiting: 0 },
      { key: 'dan', state: 'paused', waiting: 1 },
    ],
  );
  assert.deepEqual(
    { ...snapshot, sessions: [] },
    { pending: 7, waiting: 4, running: 3, stopped: true, paused: false, pausedSessions: ['dan'], sessions: [] },
  );
  assert.equal(snapshot.pending, stage.queue.pending());
  for (const session of snapshot.sessions) assert.deepEqual(session, stage.queue.inspect(session.key));
});

test('gives plain data: it can be stored, and what happens later does not change it', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'running');
  await stage.elapse(10);
  const snapshot = stage.queue.inspect();
  const copy: unknown = JSON.parse(JSON.stringify(snapshot));
  assert.deepEqual(copy, snapshot);
  void stage.enqueue('ada', 'waiting');
  stage.queue.pause('bob');
  await stage.end('running');
  assert.deepEqual(copy, snapshot);
});
