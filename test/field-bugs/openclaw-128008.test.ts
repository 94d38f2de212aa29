/**
 * openclaw/openclaw#128008: a message that steers was taken out of the queue by the run, which was aborted before the
 * message had reached its transcript. Nobody had it any more: not the queue, not the run, not the model.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import type { MessageQueue, MessageTurn, Ticket } from '#src/index.ts';

import { FakeClock, settle } from '../core/fake-clock.ts';
import { makeGate } from './gate.ts';

const hurdles = {
  'is cancelled': (work: Ticket<void>): unknown => work.cancel(),
  throws: (_work: Ticket<void>, fail: () => void): unknown => fail(),
};

// Catches a queue that forgets what a turn has taken, and one that puts it back behind what came later.
for (const [ending, end] of Object.entries(hurdles)) {
  test(`a message that was taken by a turn that ${ending} is handled next, before what came later`, async () => {
    const { queue, turns, steps, fail } = stage();
    const work = queue.enqueue('chat', 'work');
    const workOutcome = work.outcome;
    await settle();
    const steer = queue.enqueue('chat', 'steer');
    const steerAgain = queue.enqueue('chat', 'steer again');
    await steps.next();
    assert.deepEqual(turns, [['work', 'steer', 'steer again']]);
    const later = queue.enqueue('chat', 'later');

    end(work, fail);
    assert.equal((await workOutcome).type, 'failed');
    await Promise.all([steer, steerAgain, later]);
    assert.deepEqual(turns.slice(1), [['steer'], ['steer again'], ['later']]);
  });
}

// The other side: what has reached the transcript is not to be handled twice. Catches a queue that puts back all.
test('a message that was acknowledged stays with its turn, whatever becomes of that', async () => {
  const { queue, turns, steps } = stage({ acknowledges: true });
  const work = queue.enqueue('chat', 'work');
  const workOutcome = work.outcome;
  await settle();
  const steer = queue.enqueue('chat', 'steer');
  await steps.next();
  assert.deepEqual(await steer.outcome, { type: 'merged', into: work.id });
  work.cancel();
  assert.equal((await workOutcome).type, 'failed');
  await queue.drained();
  assert.deepEqual(turns, [['work', 'steer']]);
});

interface Staged {
  readonly queue: MessageQueue<string, void>;
  /** What each turn has had. */
  readonly turns: readonly (readonly string[])[];
  readonly steps: AsyncGenerator<void, void>;
  readonly fail: () => void;
}

/** The turn of `work` takes what has come at its one safe point, and then runs until it is aborted or told to fail. */
function stage({ acknowledges = false } = {}): Staged {
  const safePoint = makeGate();
  const failure = makeGate();
  const turns: string[][] = [];
  const run = async (turn: MessageTurn<string>): Promise<void> => {
    const had = [...turn.inputs];
    turns.push(had);
    if (turn.input !== 'work') return;
    await safePoint.promise;
    had.push(...turn.take());
    if (acknowledges) turn.acknowledge();
    turn.signal.addEventListener('abort', () => failure.reject(turn.signal.reason));
    await failure.promise;
  };
  async function* reachSafePoint(): AsyncGenerator<void, void> {
    safePoint.resolve();
    yield settle();
  }
  const fail = (): void => failure.reject(new Error('the tool crashed'));
  return { queue: createQueueWithClock({ run }, new FakeClock()), turns, steps: reachSafePoint(), fail };
}
