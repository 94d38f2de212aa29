/**
 * getsentry/junior#33: a message was noted as seen before it had got the lock of its thread. When it was refused, its
 * redelivery was thrown away as a duplicate, and nobody ever answered it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import type { MessageQueue, MessageQueueOptions, MessageTurn } from '#src/index.ts';
import { cap, reject } from '#src/policies/index.ts';

import { FakeClock, settle } from '../core/fake-clock.ts';
import { makeGate } from './gate.ts';
import type { Gate } from './gate.ts';

const refusals: Readonly<Record<string, Omit<MessageQueueOptions<string, string>, 'run'>>> = {
  'the session was busy': { policy: reject },
  'a policy found it full': { policy: cap(1, 'newest') },
  'the queue was full': { maxPending: 2 },
};

// Catches a queue that remembers an id when a message comes, instead of when it is taken in: the redelivery then gets
// the refused ticket again.
for (const [reason, options] of Object.entries(refusals)) {
  test(`takes a message in that comes again after it was refused, because ${reason}`, async () => {
    const { queue, end, answered } = stage(options);
    void queue.enqueue('thread', 'first', { id: 'update-1' });
    await settle();
    if (reason !== 'the session was busy') void queue.enqueue('thread', 'between', { id: 'update-2' });
    await settle();
    const refused = queue.enqueue('thread', 'mention', { id: 'update-3' });
    await assert.rejects(refused.accepted);
    assert.equal((await refused.outcome).type, 'dropped');

    end.resolve();
    await settle();
    const redelivered = queue.enqueue('thread', 'mention', { id: 'update-3' });
    assert.equal(await redelivered, 'mention');
    assert.equal(answered.filter((message) => message === 'mention').length, 1);
  });
}

// The other side of it: what was taken in is known, while it waits, while it runs, and afterwards.
test('answers a message once that is delivered three times', async () => {
  const { queue, end, answered } = stage({});
  const waiting = queue.enqueue('thread', 'first', { id: 'update-1' });
  const running = queue.enqueue('thread', 'first', { id: 'update-1' });
  await settle();
  end.resolve();
  await settle();
  const ended = queue.enqueue('thread', 'first', { id: 'update-1' });
  assert.ok(waiting === running && running === ended);
  assert.equal(await ended, 'first');
  assert.deepEqual(answered, ['first']);
});

interface Staged {
  readonly queue: MessageQueue<string, string>;
  readonly end: Gate;
  readonly answered: readonly string[];
}

/** A queue whose first turn runs until it is told to end. */
function stage(options: Omit<MessageQueueOptions<string, string>, 'run'>): Staged {
  const end = makeGate();
  const answered: string[] = [];
  const run = async ({ input }: MessageTurn<string>): Promise<string> => {
    if (input === 'first') await end.promise;
    answered.push(input);
    return input;
  };
  return { queue: createQueueWithClock({ ...options, run }, new FakeClock()), end, answered };
}
