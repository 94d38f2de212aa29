/**
 * openclaw/openclaw#118777: a session whose turn was wedged, but that kept receiving messages, was never reported as
 * stuck nor recovered, because each arrival counted as a sign of life. The busier the chat, the deader it was.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import type { MessageQueue, MessageTurn, QueueEvent } from '#src/index.ts';
import { debounce } from '#src/policies/index.ts';

import { FakeClock } from '../core/fake-clock.ts';

const idleTimeoutMs = 120_000;
const everyMs = 25_000;
const hangsForEver = new Promise<never>(() => undefined);

// Catches a watchdog that is fed by arrivals, directly or by whatever looks at the session because of them.
for (const [name, policy] of Object.entries({ fifo: undefined, debounce: debounce(300, 2000) })) {
  test(`a wedged turn is aborted in its time, though messages keep coming: ${name}`, async () => {
    const clock = new FakeClock();
    const run = (_turn: MessageTurn<string>): Promise<void> => hangsForEver;
    const queue = createQueueWithClock({ run, policy, idleTimeoutMs }, clock);
    const happened = watch(queue);
    void queue.enqueue('chat', 'wedged', { id: 'wedged' }).outcome;
    await clock.elapse(300);
    const startedMs = clock.now();
    for (let minutes = 0; minutes < 20; minutes += 1) {
      await clock.elapse(everyMs);
      void queue.enqueue('chat', 'hello?').outcome;
      const isDue = clock.now() - startedMs >= idleTimeoutMs + 1000;
      assert.deepEqual(happened, isDue ? ['wedged: aborted by idle-timeout', 'wedged: stuck'] : []);
    }
  });
}

// Catches one that aborts whatever is slow: a turn that says that it gets on may take its time.
test('a turn that makes progress is left alone, whoever writes meanwhile', async () => {
  const clock = new FakeClock();
  let turn: MessageTurn<string> | undefined;
  const run = (begun: MessageTurn<string>): Promise<void> => {
    turn = begun;
    return hangsForEver;
  };
  const queue = createQueueWithClock({ run, idleTimeoutMs }, clock);
  const happened = watch(queue);
  void queue.enqueue('chat', 'slow', { id: 'slow' }).outcome;
  for (let count = 0; count < 20; count += 1) {
    await clock.elapse(idleTimeoutMs - 1);
    turn?.progress();
    void queue.enqueue('chat', 'hello?').outcome;
  }
  assert.deepEqual(happened, []);
  await clock.elapse(idleTimeoutMs);
  assert.deepEqual(happened, ['slow: aborted by idle-timeout']);
});

function watch(queue: MessageQueue<string, void>): readonly string[] {
  const happened: string[] = [];
  queue.subscribe((event: QueueEvent) => {
    if (event.type === 'aborted') happened.push(`${event.id}: aborted by ${event.code}`);
    if (event.type === 'stuck') happened.push(`${event.id}: stuck`);
  });
  return happened;
}
