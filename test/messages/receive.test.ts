/** Asking the user: only what arrives after the question answers it, and nobody else waits for the answer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { interrupt, reject } from '#src/policies/index.ts';

import { wrong } from '../core/stage.ts';
import { ask, Stage, standOf } from './stage.ts';

test('gives the next message that arrives, which ends merged with the turn', async () => {
  const stage = new Stage();
  await stage.enqueueAll('ada', 'a');
  const asked = ask(stage, 'a');
  await stage.settle();
  assert.equal(asked.answer, 'waits');
  const answer = stage.enqueue('ada', 'yes');
  assert.equal(await standOf(answer.accepted), 'resolved');
  await stage.settle();
  assert.equal(asked.answer, 'yes');
  assert.equal(stage.queue.pending('ada'), 2);
  await stage.end('a');
  assert.deepEqual(stage.started, ['a']);
  assert.deepEqual(stage.told.toSorted(), ['a: done a', 'yes: merged into a']);
  stage.assertIdle();
});

test('is never answered by what was typed before and still waits', async () => {
  const stage = new Stage();
  await stage.enqueueAll('ada', 'a');
  void stage.enqueue('ada', 'typed before');
  const asked = ask(stage, 'a');
  await stage.settle();
  assert.equal(asked.answer, 'waits');
  void stage.enqueue('ada', 'answer');
  void stage.enqueue('ada', 'typed after');
  await stage.settle();
  assert.equal(asked.answer, 'answer');
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'typed before', 'typed after']);
  stage.assertIdle();
});

test('is not answered by a message of another session', async () => {
  const stage = new Stage();
  await stage.enqueueAll('ada', 'a');
  const asked = ask(stage, 'a');
  await stage.enqueueAll('bob', 'b');
  assert.equal(asked.answer, 'waits');
  await stage.enqueueAll('ada', 'yes');
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'b']);
});

test('gives undefined when nobody answers in time, and takes nothing later', async () => {
  const stage = new Stage();
  await stage.enqueueAll('ada', 'a');
  const asked = ask(stage, 'a', 100);
  await stage.elapse(99);
  assert.equal(asked.answer, 'waits');
  await stage.elapse(1);
  assert.equal(asked.answer, 'undefined');
  await stage.enqueueAll('ada', 'too late');
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'too late']);
  stage.assertIdle();
});

test('rejects at once with the reason when the turn is aborted', async () => {
  const stage = new Stage({ concurrency: 1 });
  const ticket = stage.enqueue('ada', 'a');
  await stage.enqueueAll('bob', 'b');
  const asked = ask(stage, 'a', 100);
  const error = asked.promise.catch((reason: unknown) => reason);
  await stage.settle();
  assert.deepEqual(stage.started, ['a', 'b']);
  ticket.cancel();
  assert.equal(await error, stage.turn('a').signal.reason);
  assert.equal(asked.answer, 'cancelled');
  assert.equal(stage.clock.timers, 1, 'only the one that would report it as stuck');
  await stage.enqueueAll('ada', 'newer');
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'b', 'newer']);
  stage.assertIdle();
});

test('rejects at once in a turn that was aborted, and gives undefined in one that has ended', async () => {
  const stage = new Stage();
  const ticket = stage.enqueue('ada', 'a');
  await stage.settle();
  const turn = stage.turn('a');
  ticket.cancel();
  await assert.rejects(turn.receive(100), { code: 'cancelled' });
  await stage.end('a');
  await stage.enqueueAll('ada', 'b');
  const ended = stage.turn('b');
  await stage.end('b');
  assert.equal(await ended.receive(100), undefined);
  stage.assertIdle();
});

test('gives undefined when its turn ends without waiting for the answer', async () => {
  const stage = new Stage();
  await stage.enqueueAll('ada', 'a');
  const asked = ask(stage, 'a', 100);
  await stage.end('a');
  assert.equal(asked.answer, 'undefined');
  stage.assertIdle();
});

test('puts the answer back to the head of the line when the turn fails, unless it was acknowledged', async () => {
  for (const isAcknowledged of [false, true]) {
    const stage = new Stage();
    await stage.enqueueAll('ada', 'a', 'typed before');
    ask(stage, 'a');
    await stage.enqueueAll('ada', 'yes');
    if (isAcknowledged) stage.turn('a').acknowledge();
    await stage.fail('a', new Error('on purpose'));
    await stage.endAll();
    assert.deepEqual(stage.started, isAcknowledged ? ['a', 'typed before'] : ['a', 'yes', 'typed before']);
    stage.assertIdle();
  }
});

test('refuses a second question at the same time', async () => {
  const stage = new Stage();
  await stage.enqueueAll('ada', 'a');
  const asked = ask(stage, 'a');
  await assert.rejects(stage.turn('a').receive(100), { name: 'QueueError', code: 'receiving' });
  await stage.enqueueAll('ada', 'yes');
  assert.equal(asked.answer, 'yes');
  const again = ask(stage, 'a');
  await stage.enqueueAll('ada', 'certainly');
  assert.equal(again.answer, 'certainly');
  await stage.endAll();
  stage.assertIdle();
});

for (const timeoutMs of [0, -1, Number.NaN, '5', undefined, null]) {
  test(`rejects a timeoutMs of ${timeoutMs}, and asks nobody`, async () => {
    const stage = new Stage();
    await stage.enqueueAll('ada', 'a');
    const error = typeof timeoutMs === 'number' ? RangeError : TypeError;
    await assert.rejects(stage.turn('a').receive(wrong(timeoutMs)), error);
    await stage.enqueueAll('ada', 'b');
    await stage.endAll();
    assert.deepEqual(stage.started, ['a', 'b']);
  });
}

test("doesn't show the answer to the policy", async () => {
  for (const policy of [interrupt, reject]) {
    const stage = new Stage({ policy });
    await stage.enqueueAll('ada', 'a');
    const asked = ask(stage, 'a');
    await stage.enqueueAll('ada', 'yes');
    assert.equal(asked.answer, 'yes');
    await stage.end('a');
    assert.deepEqual(stage.told.toSorted(), ['a: done a', 'yes: merged into a']);
    stage.assertIdle();
  }
});

test('stays accepted when an answer comes back from its turn and is replaced there', async () => {
  const stage = new Stage({ policy: interrupt });
  const first = stage.enqueue('ada', 'a');
  await stage.settle();
  ask(stage, 'a');
  const answer = stage.enqueue('ada', 'yes');
  await stage.settle();
  await stage.enqueueAll('ada', 'newer');
  await stage.end('a');
  assert.deepEqual(stage.told, ['a: failed interrupted', 'yes: dropped replaced']);
  assert.equal(await standOf(answer.accepted), 'resolved');
  assert.equal(await standOf(first.accepted), 'resolved');
  await stage.endAll();
});

test('lets the idle watchdog rest, and the total limit run', async () => {
  const stage = new Stage({ idleTimeoutMs: 10, timeoutMs: 1000 });
  await stage.enqueueAll('ada', 'a');
  await stage.elapse(9);
  ask(stage, 'a');
  await stage.elapse(500);
  await stage.enqueueAll('ada', 'yes');
  await stage.elapse(9);
  assert.deepEqual(stage.told, [], 'the answer was progress');
  await stage.elapse(1);
  assert.deepEqual(stage.told, ['a: failed idle-timeout']);
  await stage.end('a');
  // What it had received comes back.
  assert.deepEqual(stage.started, ['a', 'yes']);
  const asked = ask(stage, 'yes');
  await stage.elapse(1000);
  assert.equal(asked.answer, 'timeout');
  await stage.endAll();
  stage.assertIdle();
});

test('is answered in a session that is paused, because its turn goes on', async () => {
  const stage = new Stage({ concurrency: 1 });
  await stage.enqueueAll('ada', 'a', 'b');
  const asked = ask(stage, 'a');
  stage.queue.pause('ada');
  await stage.enqueueAll('ada', 'yes');
  assert.equal(asked.answer, 'yes');
  await stage.end('a');
  assert.deepEqual(stage.started, ['a']);
  stage.queue.resume('ada');
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'b']);
});

test('is aborted by a close that does not wait', async () => {
  const stage = new Stage();
  await stage.enqueueAll('ada', 'a');
  const asked = ask(stage, 'a');
  const closed = stage.queue.close({ drainMs: 0 });
  assert.equal(asked.answer, 'waits');
  await stage.endAll();
  assert.deepEqual((await closed).stuck, []);
  stage.assertIdle();
});

test('is answered though the queue is full: its own turn is what fills it', async () => {
  for (const limit of [{ maxPending: 1 }, { maxPendingPerSession: 1 }]) {
    const stage = new Stage(limit);
    await stage.enqueueAll('ada', 'a');
    const asked = ask(stage, 'a');
    await stage.enqueueAll('ada', 'yes', 'one too many');
    assert.equal(asked.answer, 'yes');
    await stage.endAll();
    assert.deepEqual(stage.told.toSorted(), ['a: done a', 'one too many: dropped full', 'yes: merged into a']);
    stage.assertIdle();
  }
});

test('gives undefined once the queue was stopped, when nobody can answer any more', async () => {
  const stage = new Stage();
  await stage.enqueueAll('ada', 'a');
  const asked = ask(stage, 'a');
  stage.queue.stop();
  await stage.settle();
  assert.equal(asked.answer, 'undefined');
  const later = ask(stage, 'a');
  await stage.settle();
  assert.equal(later.answer, 'undefined');
  await stage.end('a');
  stage.assertIdle();
});

test('does not hold up a close that lets everything end', async () => {
  const stage = new Stage();
  await stage.enqueueAll('ada', 'a');
  const asked = ask(stage, 'a');
  const closed = stage.queue.close();
  await stage.settle();
  assert.equal(asked.answer, 'undefined');
  await stage.end('a');
  assert.deepEqual(await closed, { unstarted: [], stuck: [] });
});
