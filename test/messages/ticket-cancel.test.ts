/** A ticket takes its message back, wherever that is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Stage } from './stage.ts';

test('cancels in every state, and says whether there was something to cancel', async () => {
  const stage = new Stage();
  const running = stage.enqueue('ada', 'running');
  const waiting = stage.enqueue('ada', 'waiting');
  await stage.settle();
  assert.equal(waiting.cancel(), true);
  assert.equal(waiting.cancel(), false);
  assert.equal(running.cancel(), true);
  assert.equal(running.cancel(), false);
  await stage.settle();
  assert.deepEqual(stage.told.toSorted(), ['running: failed cancelled', 'waiting: dropped cancelled']);
  assert.equal(stage.queue.pending(), 1, 'the cancelled turn has not ended');
  await stage.end('running');
  assert.equal(running.cancel(), false);
  const done = stage.enqueue('ada', 'done');
  await stage.settle();
  await stage.end('done');
  assert.equal(done.cancel(), false);
  const granted = stage.enqueue('ada', 'granted');
  assert.equal(granted.cancel(), true, 'it has the lane and has not started');
  await stage.settle();
  stage.queue.stop();
  assert.equal(stage.enqueue('ada', 'refused').cancel(), false);
  await stage.settle();
  assert.deepEqual(stage.started, ['running', 'done']);
  assert.deepEqual(stage.told.slice(2), ['done: done done', 'granted: dropped cancelled', 'refused: dropped stopped']);
  stage.assertIdle();
});

test('aborts the signal of the turn it cancels with the error that its caller gets', async () => {
  const stage = new Stage();
  const ticket = stage.enqueue('ada', 'a');
  await stage.settle();
  const { signal } = stage.turn('a');
  ticket.cancel();
  const error: unknown = await ticket.catch((reason: unknown) => reason);
  assert.equal(signal.reason, error);
  await stage.endAll();
});
