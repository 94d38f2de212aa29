/**
 * openclaw/openclaw#67173: a run hung and was ended by its time limit, a path that never started the drain of its
 * session's queue. The message that waited behind it got no run, and its sender no word.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import type { MessageTurn } from '#src/index.ts';

import { FakeClock } from '../core/fake-clock.ts';

const timeoutMs = 1_800_000;
const hangsForEver = new Promise<never>(() => undefined);

// Catches a queue that goes on from a turn's good end only, and not from one that was aborted.
test('answers the message behind a run that was out of time', async () => {
  const clock = new FakeClock();
  const run = async (turn: MessageTurn<string>): Promise<string> => {
    if (turn.input === 'hang') await aborted(turn.signal);
    return `answer to ${turn.input}`;
  };
  const queue = createQueueWithClock({ run, timeoutMs }, clock);
  const hung = queue.enqueue('topic', 'hang').outcome;
  await clock.elapse(180_000);
  const waiting = queue.enqueue('topic', 'are you there?');
  await clock.elapse(timeoutMs - 180_000);
  assert.equal(await codeOf(hung), 'timeout');
  assert.equal(await waiting, 'answer to are you there?');
});

// Catches one that waits for a run that never ends, though it was told not to; and one that says nothing about it.
test('answers it too when the run ignores its signal, once its grace is over', async () => {
  const clock = new FakeClock();
  const run = (turn: MessageTurn<string>): Promise<string> =>
    turn.input === 'hang' ? hangsForEver : Promise.resolve(`answer to ${turn.input}`);
  const queue = createQueueWithClock({ run, timeoutMs, graceMs: 30_000 }, clock);
  const hung = queue.enqueue('topic', 'hang').outcome;
  const waiting = queue.enqueue('topic', 'are you there?');
  await clock.elapse(timeoutMs);
  assert.equal(await codeOf(hung), 'timeout');
  assert.equal(queue.inspect('topic')?.waiting, 1);
  await clock.elapse(30_000);
  assert.equal(await waiting, 'answer to are you there?');
});

test('without a grace it keeps the message, counts it, and tells that the run is stuck', async () => {
  const clock = new FakeClock();
  const queue = createQueueWithClock({ run: (): Promise<string> => hangsForEver, timeoutMs }, clock);
  const stuck: string[] = [];
  queue.subscribe((event) => {
    if (event.type === 'stuck') stuck.push(event.id);
  });
  const hung = queue.enqueue('topic', 'hang', { id: 'hung' }).outcome;
  void queue.enqueue('topic', 'are you there?').outcome;
  await clock.elapse(timeoutMs + 1000);
  assert.equal(await codeOf(hung), 'timeout');
  assert.deepEqual(stuck, ['hung']);
  assert.equal(queue.pending('topic'), 2);
  const handedBack = queue.cancel('topic').map(({ message }) => message);
  assert.deepEqual(handedBack, ['are you there?']);
});

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

async function codeOf(outcome: Promise<object>): Promise<unknown> {
  const ended = await outcome;
  return 'code' in ended ? ended.code : undefined;
}
