/** A thousand sessions leave nothing behind, whatever their policy did with them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import type { MessageTurn, Policy } from '#src/index.ts';
import { cap, collect, debounce, fifo, interrupt, latest, pipe, rateLimit, reject, ttl } from '#src/policies/index.ts';

import { FakeClock } from '../core/fake-clock.ts';
import { runAlone } from '../core/run-alone.ts';

const policies: Readonly<Record<string, Policy>> = {
  fifo,
  reject,
  latest,
  interrupt,
  collect: collect() as Policy,
  debounce: debounce(10, 50),
  cap: cap(2, 'oldest'),
  ttl: ttl(5),
  rateLimit: rateLimit(1, 20),
  'several in a pipe': pipe(ttl(40), cap(3, 'newest'), debounce(5, 20), interrupt),
  fails: () => {
    throw new Error('on purpose');
  },
};

for (const [name, policy] of Object.entries(policies)) {
  test(`keeps no session, timer or count after a thousand sessions under ${name}`, async () => {
    const clock = new FakeClock();
    const queue = createQueueWithClock({ policy, run: ({ input }: MessageTurn<number>) => input }, clock);
    queue.subscribe(() => undefined);
    const outcomes: Promise<unknown>[] = [];
    for (let round = 0; round < 4; round += 1) {
      for (let session = 0; session < 1000; session += 1) {
        outcomes.push(queue.enqueue(`session ${session}`, round, { id: `${round}` }).outcome);
      }
      await clock.elapse(3);
    }
    await clock.elapse(1000);
    await Promise.all(outcomes);
    const { sessions, pending } = queue.inspect();
    assert.deepEqual({ sessions, pending, timers: clock.timers }, { sessions: [], pending: 0, timers: 0 });
  });
}

test('frees messages and results of which only the queue knew, once their ids are forgotten', async () => {
  const { result } = await runAlone(async ({ createSessionQueue, collectGarbage }) => {
    const refs: WeakRef<object>[] = [];
    const watch = <Watched extends object>(watched: Watched): Watched => {
      refs.push(new WeakRef(watched));
      return watched;
    };
    const queue = createSessionQueue({
      rememberMax: 1,
      run: (turn: MessageTurn<object>) => watch({ of: turn.inputs.length }),
      policy: ({ waiting, running }) => (running === undefined ? { start: waiting } : undefined),
    });
    const enqueue = async (key: string): Promise<void> => {
      await Promise.allSettled([queue.enqueue(key, watch({}), { id: key }), queue.enqueue(key, watch({}))]);
    };
    for (let number = 0; number < 100; number += 1) await enqueue(`session ${number}`);
    // Of these one is remembered, and nothing else.
    await queue.enqueue('cleo', {}, { id: 'last' });
    await collectGarbage();
    return { kept: refs.filter((ref) => ref.deref() !== undefined).length, pending: queue.pending() };
  });
  // The one that is remembered is cleo's, and its result was watched too. Some engines keep what their stack may still mean.
  assert.ok(result.kept >= 1 && result.kept <= 10, `${result.kept} of 300 are kept`);
  assert.equal(result.pending, 0);
});
