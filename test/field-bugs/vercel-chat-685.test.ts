/**
 * vercel/chat#685: the lock of a thread expired after 30 seconds, silently and while its handler still ran; a later
 * message got a lock of its own, and two handlers of one thread ran at once.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import type { MessageTurn } from '#src/index.ts';
import { collect, debounce, pipe } from '#src/policies/index.ts';

import { FakeClock } from '../core/fake-clock.ts';
import { makeGate } from './gate.ts';

const policies = {
  queue: undefined,
  burst: collect<string>(),
  debounce: pipe(debounce(300, 2000), collect<string>()),
};

// Catches a lane that is anything but held: one that is leased for a time, and given to the next when it has passed.
for (const [name, policy] of Object.entries(policies)) {
  test(`runs one handler of a thread at a time, however long it takes: ${name}`, async () => {
    const clock = new FakeClock();
    const end = makeGate();
    let running = 0;
    let mostAtOnce = 0;
    const turns: string[] = [];
    const run = async (turn: MessageTurn<string>): Promise<void> => {
      running += 1;
      mostAtOnce = Math.max(mostAtOnce, running);
      turns.push(turn.inputs.join('+'));
      if (turn.input === 'research') await end.promise;
      running -= 1;
    };
    const queue = createQueueWithClock({ run, policy }, clock);

    void queue.enqueue('thread', 'research');
    await clock.elapse(29_000);
    void queue.enqueue('thread', 'early').outcome;
    await clock.elapse(2_000);
    void queue.enqueue('thread', 'late').outcome;
    await clock.elapse(3_600_000);
    assert.deepEqual(turns, ['research']);
    assert.equal(queue.pending('thread'), 3);

    end.resolve();
    await clock.elapse(2_000);
    assert.deepEqual(turns.slice(1).join('+'), 'early+late');
    assert.equal(mostAtOnce, 1);
  });
}
