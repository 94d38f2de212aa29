/** `pause` and `resume`, of one session and of all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Stage } from './stage.ts';

test('starts nothing more of a paused session, and goes on in order after a resume', async () => {
  const stage = new Stage();
  for (const name of ['first', 'second']) void stage.enqueue('ada', name);
  await stage.settle();
  stage.queue.pause('ada');
  void stage.enqueue('ada', 'third');
  await stage.end('first');
  assert.deepEqual(stage.told, ['first: first']);
  assert.deepEqual(stage.started, ['first']);
  assert.equal(stage.queue.pending('ada'), 2);
  stage.queue.resume('ada');
  await stage.endAll();
  assert.deepEqual(stage.started, ['first', 'second', 'third']);
});

test('lets other sessions go on', async () => {
  const stage = new Stage();
  stage.queue.pause('ada');
  void stage.enqueue('ada', 'of ada');
  void stage.enqueue('bob', 'of bob');
  await stage.settle();
  assert.deepEqual(stage.running, ['of bob']);
});

test('starts nothing more of any session while the whole queue is paused', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'running');
  void stage.enqueue('ada', 'second');
  await stage.settle();
  stage.queue.pause();
  void stage.enqueue('bob', 'of bob');
  await stage.end('running');
  assert.deepEqual(stage.started, ['running']);
  assert.equal(stage.queue.pending(), 2);
  stage.queue.resume();
  await stage.settle();
  assert.deepEqual(stage.running, ['second', 'of bob']);
});

for (const key of ['ada', undefined]) {
  const what = key === undefined ? 'the whole queue' : 'its session';
  test(`keeps back an entry that is about to start when ${what} is paused`, async () => {
    const stage = new Stage();
    void stage.enqueue('ada', 'first');
    void stage.enqueue('ada', 'second');
    stage.queue.pause(key);
    await stage.settle();
    assert.deepEqual(stage.started, []);
    assert.equal(stage.queue.pending('ada'), 2);
    stage.queue.resume(key);
    await stage.endAll();
    assert.deepEqual(stage.started, ['first', 'second']);
  });

  test(`keeps back the next entry when the turn before it pauses ${what}`, async () => {
    const stage = new Stage();
    void stage.queue.enqueue('ada', () => stage.queue.pause(key));
    void stage.enqueue('ada', 'second');
    await stage.settle();
    assert.deepEqual(stage.started, []);
    stage.queue.resume(key);
    await stage.settle();
    assert.deepEqual(stage.started, ['second']);
  });

  test(`starts an entry once when ${what} is paused and resumed in the same step`, async () => {
    const stage = new Stage();
    void stage.enqueue('ada', 'first');
    void stage.enqueue('ada', 'second');
    for (let round = 0; round < 3; round += 1) {
      stage.queue.pause(key);
      stage.queue.resume(key);
    }
    await stage.settle();
    assert.deepEqual(stage.started, ['first']);
    await stage.endAll();
    assert.deepEqual(stage.started, ['first', 'second']);
  });
}

test('keeps a session paused that was paused by its key when the whole queue is resumed', async () => {
  const stage = new Stage();
  stage.queue.pause();
  stage.queue.pause('ada');
  void stage.enqueue('ada', 'of ada');
  void stage.enqueue('bob', 'of bob');
  stage.queue.resume();
  await stage.settle();
  assert.deepEqual(stage.started, ['of bob']);
  stage.queue.resume('ada');
  await stage.settle();
  assert.deepEqual(stage.started, ['of bob', 'of ada']);
});

test('keeps the whole queue paused when one session is resumed', async () => {
  const stage = new Stage();
  stage.queue.pause();
  stage.queue.pause('ada');
  void stage.enqueue('ada', 'of ada');
  stage.queue.resume('ada');
  await stage.settle();
  assert.deepEqual(stage.started, []);
  stage.queue.resume();
  await stage.settle();
  assert.deepEqual(stage.started, ['of ada']);
});

test('takes one resume for any number of pauses, and a resume of what was not paused for nothing', async () => {
  const stage = new Stage();
  stage.queue.resume();
  stage.queue.resume('ada');
  stage.queue.pause('ada');
  stage.queue.pause('ada');
  void stage.enqueue('ada', 'first');
  stage.queue.resume('ada');
  await stage.settle();
  assert.deepEqual(stage.started, ['first']);
});

test('remembers a paused key while its session is idle', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'first');
  await stage.settle();
  stage.queue.pause('ada');
  await stage.end('first');
  assert.equal(stage.queue.inspect('ada'), undefined);
  assert.deepEqual(stage.queue.inspect().pausedSessions, ['ada']);
  void stage.enqueue('ada', 'second');
  await stage.settle();
  assert.deepEqual(stage.started, ['first']);
});

test('lets entries leave the line of a paused session', async () => {
  const stage = new Stage();
  const controller = new AbortController();
  stage.queue.pause('ada');
  void stage.enqueue('ada', 'first', { signal: controller.signal });
  void stage.enqueue('ada', 'second');
  controller.abort();
  await stage.settle();
  assert.deepEqual(stage.told, ['first: aborted']);
  stage.queue.resume('ada');
  await stage.settle();
  assert.deepEqual(stage.started, ['second']);
});

test('does not abort a turn that runs, nor stop its time', async () => {
  const stage = new Stage({ timeoutMs: 100 });
  void stage.enqueue('ada', 'slow');
  await stage.settle();
  stage.queue.pause('ada');
  assert.equal(stage.turn('slow').signal.aborted, false);
  await stage.elapse(100);
  assert.deepEqual(stage.told, ['slow: timeout']);
});

test('takes an urgent entry first that came while an entry about to start was kept back', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'about to start');
  stage.queue.pause('ada');
  void stage.enqueue('ada', 'urgent', { priority: 10 });
  await stage.settle();
  stage.queue.resume('ada');
  await stage.endAll();
  assert.deepEqual(stage.started, ['urgent', 'about to start']);
});

test('gives the slot of an entry that is kept back to another session', async () => {
  const stage = new Stage({ concurrency: 1 });
  void stage.enqueue('ada', 'of ada');
  void stage.enqueue('bob', 'of bob');
  stage.queue.pause('ada');
  await stage.settle();
  assert.deepEqual(stage.started, ['of bob']);
  stage.queue.resume('ada');
  await stage.settle();
  assert.deepEqual(stage.started, ['of bob']);
  await stage.end('of bob');
  assert.deepEqual(stage.started, ['of bob', 'of ada']);
});
