/** The `signal` of an entry, and the `signal` of its turn. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Stage, queueErrorOf } from './stage.ts';

test('takes nothing whose signal has aborted before, and says so', async () => {
  const stage = new Stage();
  const signal = AbortSignal.abort('not wanted');
  const error = await queueErrorOf(stage.queue.enqueue('ada', stage.task('refused'), { signal }));
  assert.equal(error.code, 'aborted');
  assert.equal(error.cause, 'not wanted');
  assert.match(error.message, /"ada".*before enqueue/);
  assert.equal(stage.queue.pending(), 0);
  await stage.settle();
  assert.deepEqual(stage.started, []);
});

test('takes a waiting entry out of the line at once, and lets the next one move up', async () => {
  const stage = new Stage();
  const controller = new AbortController();
  void stage.enqueue('ada', 'first');
  void stage.enqueue('ada', 'second', { signal: controller.signal });
  void stage.enqueue('ada', 'third');
  await stage.settle();
  controller.abort('changed my mind');
  assert.equal(stage.queue.pending('ada'), 2);
  await stage.settle();
  assert.deepEqual(stage.told, ['second: aborted']);
  assert.equal(stage.error('second').cause, 'changed my mind');
  await stage.endAll();
  assert.deepEqual(stage.started, ['first', 'third']);
});

test('takes out an entry that was just about to start', async () => {
  const stage = new Stage();
  const controller = new AbortController();
  void stage.enqueue('ada', 'subject', { signal: controller.signal });
  void stage.enqueue('ada', 'next');
  controller.abort();
  assert.equal(stage.queue.pending('ada'), 1);
  await stage.settle();
  assert.deepEqual(stage.told, ['subject: aborted']);
  assert.deepEqual(stage.started, ['next']);
});

test('tells the caller of a running entry at once, and keeps the lane closed until its task has ended', async () => {
  const stage = new Stage();
  const controller = new AbortController();
  void stage.enqueue('ada', 'subject', { signal: controller.signal });
  void stage.enqueue('ada', 'next');
  await stage.settle();
  const { signal } = stage.turn('subject');
  controller.abort(new Error('the client left'));
  await stage.settle();
  assert.deepEqual(stage.told, ['subject: aborted']);
  assert.equal(stage.error('subject').cause, controller.signal.reason);
  assert.equal(signal.aborted, true);
  assert.equal(signal.reason, stage.error('subject'));
  assert.deepEqual(stage.started, ['subject']);
  assert.equal(stage.queue.pending('ada'), 2);
  await stage.end('subject');
  assert.deepEqual(stage.running, ['next']);
  assert.deepEqual(stage.told, ['subject: aborted']);
});

test('drops what an aborted task still gives or throws', async () => {
  const stage = new Stage();
  const controller = new AbortController();
  for (const key of ['ada', 'bob']) void stage.enqueue(key, `of ${key}`, { signal: controller.signal });
  await stage.settle();
  controller.abort();
  await stage.end('of ada', 'too late');
  await stage.fail('of bob', new Error('too late'));
  assert.deepEqual(stage.told, ['of ada: aborted', 'of bob: aborted']);
  assert.equal(stage.queue.pending(), 0);
});

test('gives every entry of one signal an error of its own', async () => {
  const stage = new Stage();
  const controller = new AbortController();
  for (const name of ['running', 'waiting']) void stage.enqueue('ada', name, { signal: controller.signal });
  await stage.settle();
  controller.abort('no more');
  await stage.settle();
  assert.deepEqual(stage.told.toSorted(), ['running: aborted', 'waiting: aborted']);
  assert.notEqual(stage.error('running'), stage.error('waiting'));
  assert.equal(stage.error('running').cause, 'no more');
  assert.equal(stage.error('waiting').cause, 'no more');
});

test('leaves an entry alone whose signal aborts when it has ended', async () => {
  const stage = new Stage();
  const controller = new AbortController();
  void stage.enqueue('ada', 'subject', { signal: controller.signal });
  await stage.settle();
  const { signal } = stage.turn('subject');
  await stage.end('subject');
  void stage.enqueue('ada', 'next');
  await stage.settle();
  controller.abort();
  await stage.settle();
  assert.deepEqual(stage.told, ['subject: subject']);
  assert.equal(signal.aborted, false);
  assert.equal(stage.turn('next').signal.aborted, false);
});

test("hands the task a signal that is the turn's own, not the entry's", async () => {
  const stage = new Stage();
  const { signal } = new AbortController();
  void stage.enqueue('ada', 'subject', { signal });
  await stage.settle();
  const turn = stage.turn('subject');
  assert.notEqual(turn.signal, signal);
  assert.equal(turn.signal, turn.signal);
  assert.equal(turn.signal.aborted, false);
});

test('gives an aborted signal with the same reason to a task that asks for it only after the abort', async () => {
  const stage = new Stage();
  const controller = new AbortController();
  void stage.enqueue('ada', 'subject', { signal: controller.signal });
  await stage.settle();
  controller.abort();
  await stage.settle();
  const { signal } = stage.turn('subject');
  assert.equal(signal.aborted, true);
  assert.equal(signal.reason, stage.error('subject'));
});

test('tells the caller of an entry that its own task aborts before its first await', async () => {
  const stage = new Stage();
  const controller = new AbortController();
  let reasonSeen: unknown;
  const result = stage.queue.enqueue(
    'ada',
    (turn) => {
      controller.abort();
      reasonSeen = turn.signal.reason;
      return 'dropped';
    },
    { signal: controller.signal },
  );
  void stage.enqueue('ada', 'next');
  const error = await queueErrorOf(result);
  assert.equal(error.code, 'aborted');
  assert.equal(reasonSeen, error);
  await stage.settle();
  assert.deepEqual(stage.running, ['next']);
});

test('moves on as soon as a task that obeys its signal ends', async () => {
  const stage = new Stage();
  const controller = new AbortController();
  const obeying = stage.queue.enqueue(
    'ada',
    ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
    { signal: controller.signal },
  );
  void stage.enqueue('ada', 'next');
  await stage.settle();
  controller.abort();
  assert.equal((await queueErrorOf(obeying)).code, 'aborted');
  await stage.settle();
  assert.deepEqual(stage.running, ['next']);
});

test('keeps what a task enqueues from its abort listener, behind what waits', async () => {
  const stage = new Stage();
  const controller = new AbortController();
  void stage.enqueue('ada', 'subject', { signal: controller.signal });
  void stage.enqueue('ada', 'second');
  await stage.settle();
  stage.turn('subject').signal.addEventListener('abort', () => void stage.enqueue('ada', 'clean-up'));
  controller.abort();
  assert.equal(stage.queue.pending('ada'), 3);
  await stage.endAll();
  assert.deepEqual(stage.started, ['subject', 'second', 'clean-up']);
});

test('does not abort the next turn when the same signal belonged to the one before alone', async () => {
  const stage = new Stage();
  const controller = new AbortController();
  void stage.enqueue('ada', 'first', { signal: controller.signal });
  void stage.enqueue('ada', 'second');
  await stage.settle();
  controller.abort();
  await stage.end('first');
  await stage.end('second');
  assert.deepEqual(stage.told, ['first: aborted', 'second: second']);
});
