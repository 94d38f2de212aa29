/**
 * openclaw/openclaw#119794: a message that was to steer the running turn was still being prepared when a later one, with
 * an attachment, had been prepared already. The later one was delivered before the earlier.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import type { MessageTurn } from '#src/index.ts';

import { FakeClock, settle } from '../core/fake-clock.ts';
import { makeGate } from './gate.ts';

interface Incoming {
  readonly text: string;
  /** What is to be fetched before the message can be read. */
  readonly attachment?: Promise<string>;
}

// Catches a queue that takes a message's place in line later than in the call of `enqueue`. That the place is taken
// first, and whatever takes time happens in the turn, is what keeps the order.
for (const way of ['steer the turn', 'wait for the next turn'] as const) {
  test(`messages that ${way} are delivered in the order of their arrival, whatever each needs`, async () => {
    const slow = makeGate<string>();
    const quick = makeGate<string>();
    const safePoint = makeGate();
    const delivered: string[] = [];
    const deliver = async ({ text, attachment }: Incoming): Promise<void> => {
      delivered.push(attachment === undefined ? text : `${text} (${await attachment})`);
    };
    const run = async (turn: MessageTurn<Incoming>): Promise<void> => {
      for (const message of turn.inputs) await deliver(message);
      if (turn.input.text === 'start') await safePoint.promise;
      if (way === 'steer the turn') for (const message of turn.take()) await deliver(message);
    };
    const queue = createQueueWithClock({ run }, new FakeClock());

    const tickets = [{ text: 'start' }, { text: 'first', attachment: slow.promise }].map((message) =>
      queue.enqueue('chat', message),
    );
    await settle();
    tickets.push(queue.enqueue('chat', { text: 'second', attachment: quick.promise }));
    tickets.push(queue.enqueue('chat', { text: 'third' }));
    const outcomes = tickets.map(({ outcome }) => outcome);
    safePoint.resolve();
    quick.resolve('a cat');
    await settle();
    assert.deepEqual(delivered, ['start']);
    slow.resolve('a map');
    await Promise.all(outcomes);
    assert.deepEqual(delivered, ['start', 'first (a map)', 'second (a cat)', 'third']);
  });
}
