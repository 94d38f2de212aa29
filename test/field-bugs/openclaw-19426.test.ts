/**
 * openclaw/openclaw#19426: in its mode "interrupt", a second message aborted a run that had its reply ready already. The
 * reply was delivered all the same, and then the second run's, which said the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import type { MessageQueue, MessageTurn } from '#src/index.ts';
import { interrupt } from '#src/policies/index.ts';

import { FakeClock, settle } from '../core/fake-clock.ts';
import { makeGate } from './gate.ts';
import type { Gate } from './gate.ts';

// Catches a queue that passes on what an interrupted turn gives, and one that starts the new turn beside the old one.
test('a run that was interrupted delivers nothing, though its reply was ready', async () => {
  const { queue, delivered, send, generated } = stage();
  send('A table');
  await settle();
  send('for two');
  await settle();
  // It has ignored its signal, and holds its lane until it has really ended.
  assert.equal(queue.inspect('chat')?.state, 'aborting');
  generated.resolve();
  await settle();
  assert.equal(queue.pending(), 0);
  assert.deepEqual(delivered, ['booked: A table for two']);
});

// Whatever the moment, a reply is delivered or interrupted: never both, and never twice. Catches an abort that comes
// between the end of a turn and the delivery of its value.
test('at any moment around the end of a run, the user gets each answer once', async () => {
  for (let microtasks = 0; microtasks < 40; microtasks += 1) {
    const { delivered, send, generated } = stage();
    send('A table');
    await settle();
    generated.resolve();
    for (let passed = 0; passed < microtasks; passed += 1) await Promise.resolve();
    send('for two');
    await settle();
    const both = delivered.join(', ');
    assert.ok(['booked: A table for two', 'booked: A table, booked: for two'].includes(both), `${microtasks}: ${both}`);
  }
});

interface Staged {
  readonly queue: MessageQueue<string, string>;
  readonly delivered: readonly string[];
  /** A message of the user; its answer is delivered where there is one. */
  readonly send: (text: string) => void;
  readonly generated: Gate;
}

/** An agent that doesn't look at its signal, and is told of what was interrupted before. */
function stage(): Staged {
  const generated = makeGate();
  const missed: string[] = [];
  const delivered: string[] = [];
  const run = async (turn: MessageTurn<string>): Promise<string> => {
    const asked = [...missed.splice(0), turn.input].join(' ');
    if (turn.input === 'A table') await generated.promise;
    return `booked: ${asked}`;
  };
  const onDrop = ({ message }: { readonly message: string }): void => void missed.push(message);
  const queue = createQueueWithClock({ run, policy: interrupt, onDrop }, new FakeClock());
  const send = (text: string): void => {
    queue.enqueue('chat', text).then(
      (reply) => delivered.push(reply),
      () => undefined,
    );
  };
  return { queue, delivered, send, generated };
}
