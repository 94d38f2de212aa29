/**
 * openclaw/openclaw#64977: a turn waited for an approval, and the press of its button came through the same lane, so it
 * waited for the turn. It was handled when the approval had timed out after 300 seconds, too late.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import type { MessageQueue, MessageTurn } from '#src/index.ts';

import { FakeClock, settle } from '../core/fake-clock.ts';

// Catches a queue that puts the answer into the line, behind the turn that waits for it.
test('the approval reaches the turn that waits for it, in the same session', async () => {
  const { queue, clock } = stage();
  const deploy = queue.enqueue('chat', 'deploy');
  await clock.elapse(1000);
  const approval = queue.enqueue('chat', 'allow once');
  assert.equal(await deploy, 'deployed after "allow once"');
  assert.deepEqual(await approval.outcome, { type: 'merged', into: deploy.id });
  assert.equal(clock.timers, 0);
});

// Catches a queue that takes the first message it finds for an answer: an older "yes" would approve anything.
test('what was typed before the question is no answer to it', async () => {
  const { queue, clock } = stage();
  const deploy = queue.enqueue('chat', 'deploy');
  const before = queue.enqueue('chat', 'yes, dinner at eight');
  await clock.elapse(1000);
  assert.equal(queue.inspect('chat')?.waiting, 1);
  void queue.enqueue('chat', 'deny').outcome;
  assert.equal(await deploy, 'deployed after "deny"');
  assert.equal(await before, 'answer to yes, dinner at eight');
});

test('a turn that waits for an approval keeps no other session from its slot', async () => {
  const { queue, clock } = stage();
  void queue.enqueue('chat', 'deploy');
  await settle();
  assert.equal(await queue.enqueue('another chat', 'hello'), 'answer to hello');
  await clock.elapse(300_000);
  assert.equal(queue.pending(), 0);
});

test('without an approval the turn is told so, in its time, and the session goes on', async () => {
  const { queue, clock } = stage();
  const deploy = queue.enqueue('chat', 'deploy');
  const next = queue.enqueue('chat', 'hello');
  await clock.elapse(299_999);
  assert.equal(queue.pending('chat'), 2);
  await clock.elapse(1);
  assert.equal(await deploy, 'nobody answered');
  assert.equal(await next, 'answer to hello');
});

interface Staged {
  readonly queue: MessageQueue<string, string>;
  readonly clock: FakeClock;
}

/** One slot for all sessions, and an agent that asks before it deploys. */
function stage(): Staged {
  const clock = new FakeClock();
  const run = async (turn: MessageTurn<string>): Promise<string> => {
    if (turn.input !== 'deploy') return `answer to ${turn.input}`;
    const answer = await turn.receive(300_000);
    return answer === undefined ? 'nobody answered' : `deployed after "${answer}"`;
  };
  return { queue: createQueueWithClock({ run, concurrency: 1 }, clock), clock };
}
