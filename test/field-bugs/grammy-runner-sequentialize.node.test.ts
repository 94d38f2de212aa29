/**
 * @grammyjs/runner 2.0.3: `sequentialize` awaits what runs before an update by `Promise.all`, once for all its keys, and
 * ignores a rejection. So when one key's predecessor fails, the update starts while another key's still runs.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import type { SessionQueue } from '#src/index.ts';

import { FakeClock, settle } from '../core/fake-clock.ts';
import { makeGate } from './gate.ts';

// Catches a queue that takes the failure of one predecessor for the end of all.
for (const concurrency of [Infinity, 1]) {
  test(`a task of two keys starts when both predecessors have ended, with ${concurrency} slots`, async () => {
    const queue = createQueueWithClock({ concurrency }, new FakeClock());
    const end = makeGate();
    const log: string[] = [];
    const ofUser = queue.enqueue('user 7', async () => {
      log.push('user: begins');
      await end.promise;
      log.push('user: ends');
    });
    const ofChat = queue.enqueue('chat 1', () => {
      log.push('chat: fails');
      throw new Error('no such sticker');
    });
    const ofBoth = both(queue, 'chat 1', 'user 7', () => log.push('both: begins'));

    await Promise.all([settle(), concurrency === 1 ? undefined : assert.rejects(ofChat, /no such sticker/)]);
    assert.ok(!log.includes('both: begins'));
    end.resolve();
    await Promise.all([ofUser, ofBoth, assert.rejects(ofChat, /no such sticker/)]);
    assert.deepEqual(log.toSorted(), ['both: begins', 'chat: fails', 'user: begins', 'user: ends']);
    assert.ok(log.indexOf('both: begins') > log.indexOf('user: ends'));
  });
}

test('what comes later to either key waits for a task of both', async () => {
  const queue = createQueueWithClock(undefined, new FakeClock());
  const end = makeGate();
  const log: string[] = [];
  const ofBoth = both(queue, 'chat 1', 'user 7', () => end.promise);
  await settle();
  const later = ['chat 1', 'user 7'].map((key) => queue.enqueue(key, () => log.push(key)));
  await settle();
  assert.deepEqual(log, []);
  end.resolve();
  await Promise.all([ofBoth, ...later]);
  assert.equal(log.length, 2);
});

// An entry belongs to one session. Who needs two takes one inside the other, in the same order everywhere: a ring would
// be refused.
function both<T>(queue: SessionQueue, first: string, second: string, task: () => T | PromiseLike<T>): Promise<T> {
  return queue.enqueue(first, () => queue.enqueue(second, task));
}
