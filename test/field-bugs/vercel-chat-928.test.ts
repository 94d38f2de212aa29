/**
 * vercel/chat#928: a message that was enqueued after the lock holder's last, empty dequeue and before it let go of the
 * lock was handled by nobody, until another message came or its time to live was over.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import type { MessageTurn } from '#src/index.ts';
import { collect, debounce, latest, pipe } from '#src/policies/index.ts';

import { FakeClock, settle } from '../core/fake-clock.ts';
import { makeGate } from './gate.ts';

// How a turn may end: each is an exit path that could forget to wake who waits.
const endings = ['returns', 'throws', 'is cancelled', 'runs out of time'] as const;

const policies = {
  queue: undefined,
  latest,
  burst: collect<string>(),
  debounce: pipe(debounce(300, 2000), collect<string>()),
};

// A turn needs fewer microtasks than this from its last line until its session is forgotten.
const manyMicrotasks = 40;

// Catches a queue whose turns wake the next one at their end, once, instead of looking at what waits: the message of
// some microtask is then never handled.
for (const [name, policy] of Object.entries(policies)) {
  for (const ending of endings) {
    test(`handles a message that comes at any moment while a turn ${ending}: ${name}`, async () => {
      for (let microtasks = 0; microtasks < manyMicrotasks; microtasks += 1) {
        const clock = new FakeClock();
        const end = makeGate();
        const handled: string[] = [];
        const run = async (turn: MessageTurn<string>): Promise<void> => {
          handled.push(turn.input);
          if (turn.input !== 'first') return;
          turn.signal.addEventListener('abort', () => end.resolve());
          await end.promise;
          if (ending === 'throws') throw new Error('the model is down');
        };
        const queue = createQueueWithClock({ run, policy, timeoutMs: 60_000 }, clock);
        const first = queue.enqueue('thread', 'first');
        const firstOutcome = first.outcome;
        await clock.elapse(300);
        assert.deepEqual(handled, ['first']);

        if (ending === 'is cancelled') first.cancel();
        else if (ending === 'runs out of time') await clock.elapse(60_000);
        else end.resolve();
        for (let passed = 0; passed < microtasks; passed += 1) await Promise.resolve();
        const second = queue.enqueue('thread', 'second');
        await clock.elapse(300);

        assert.deepEqual(handled, ['first', 'second'], `after ${microtasks} microtasks`);
        assert.equal((await second.outcome).type, 'done');
        assert.equal((await firstOutcome).type, ending === 'returns' ? 'done' : 'failed');
        await settle();
        assert.equal(queue.pending(), 0);
      }
    });
  }
}
