/** Time limits of more than 2^31 - 1 ms, which the runtime's own timers take for 1 ms. On the real clock. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { systemClock } from '#src/core/clock.ts';
import { createSessionQueue } from '#src/index.ts';

import { settle } from './fake-clock.ts';

const longMs = 2 ** 31 + 1;

test('does not run out of any time limit of 25 days at once', async () => {
  const queue = createSessionQueue({ timeoutMs: longMs, idleTimeoutMs: longMs, graceMs: longMs });
  const told: string[] = [];
  let end: () => void = () => undefined;
  const held = (): Promise<void> =>
    new Promise((resolve) => {
      end = resolve;
    });
  const first = queue.enqueue('ada', held, { timeoutMs: longMs });
  const second = queue.enqueue('ada', () => 'second', { ttlMs: longMs });
  for (const entry of [first, second]) entry.catch((error: { readonly code: string }) => told.push(error.code));
  await timersOfAMillisecond();
  assert.deepEqual(told, []);
  queue.cancel('ada');
  const third = queue.enqueue('ada', () => 'third');
  await timersOfAMillisecond();
  // The grace of the cancelled turn is not over either.
  assert.deepEqual(told, ['cancelled', 'cancelled']);
  assert.equal(queue.pending('ada'), 2);
  end();
  assert.equal(await third, 'third');
  const closing = queue.close({ drainMs: longMs });
  assert.deepEqual(await closing, { unstarted: [], stuck: [] });
});

test('does not close at once where drainMs is 25 days', async () => {
  const queue = createSessionQueue();
  let end: () => void = () => undefined;
  const result = queue.enqueue(
    'ada',
    () =>
      new Promise<string>((resolve) => {
        end = () => resolve('ended by itself');
      }),
  );
  await settle();
  const closing = queue.close({ drainMs: longMs });
  await timersOfAMillisecond();
  end();
  assert.equal(await result, 'ended by itself');
  assert.deepEqual(await closing, { unstarted: [], stuck: [] });
});

test('sets one timer after another until a long time is over, and clears the one that is set', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let fired = 0;
  systemClock.setTimer(() => {
    fired += 1;
  }, 2 * longMs);
  const cleared = systemClock.setTimer(() => assert.fail('fired although cleared'), 2 * longMs);
  t.mock.timers.tick(2 ** 31 - 1);
  cleared.clear();
  t.mock.timers.tick(2 ** 31 - 1);
  assert.equal(fired, 0);
  t.mock.timers.tick(3);
  assert.equal(fired, 0);
  t.mock.timers.tick(1);
  assert.equal(fired, 1);
  t.mock.timers.tick(2 ** 31 - 1);
  assert.equal(fired, 1);
});

/** Resolves after timers of 1 ms that were set before have fired, which is what a too long one would be. */
async function timersOfAMillisecond(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await new Promise((resolve) => {
      setTimeout(resolve, 2);
    });
  }
}
