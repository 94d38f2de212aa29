/**
 * openclaw/openclaw#42579: a cron job held the only slot of its lane and awaited its agent run, which waited for a slot
 * of the same lane. Neither could ever go on; every job ended by its time limit, without a call of the model.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import type { MessageQueue, MessageTurn } from '#src/index.ts';

import { FakeClock } from '../core/fake-clock.ts';

// Catches a queue whose slots are held by turns that only wait for other turns.
test('a job that awaits its agent run in a session of its own leaves it the only slot', async () => {
  const queue = createQueueWithClock({ concurrency: 1 }, new FakeClock());
  const job = queue.enqueue('cron', () => queue.enqueue('cron:agent', () => 'OK'));
  assert.equal(await job, 'OK');
});

// Catches a queue in which that hangs, which is all that a plain lock can do.
test('a job that awaits its agent run in its own session is told at once, and can go on', async () => {
  const queue = createQueueWithClock({ concurrency: 1 }, new FakeClock());
  const job = queue.enqueue('cron', async () => {
    await assert.rejects(
      queue.enqueue('cron', () => 'OK'),
      { code: 'deadlock' },
    );
    return 'went on';
  });
  assert.equal(await job, 'went on');
  assert.equal(queue.pending(), 0);
});

test('a handler that awaits a message to its own session is told at once, too', async () => {
  const run = async (turn: MessageTurn<string>): Promise<string> => {
    if (turn.input !== 'job') return 'OK';
    await assert.rejects(queue.enqueue(turn.key, 'agent run'), { code: 'deadlock' });
    return queue.enqueue('cron:agent', 'agent run');
  };
  const queue: MessageQueue<string, string> = createQueueWithClock({ run, concurrency: 1 }, new FakeClock());
  assert.equal(await queue.enqueue('cron', 'job'), 'OK');
});
