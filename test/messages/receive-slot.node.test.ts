/** A turn that waits for an answer gives its slot to others, and gets one again in fair order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import type { MessageTurn } from '#src/index.ts';

import { FakeClock, settle } from '../core/fake-clock.ts';
import { ask, Stage } from './stage.ts';

test('gives its slot to others meanwhile, and gets one in the order of asking', async () => {
  const stage = new Stage({ concurrency: 1 });
  await stage.enqueueAll('ada', 'a');
  await stage.enqueueAll('bob', 'b');
  await stage.enqueueAll('cleo', 'c');
  const asked = ask(stage, 'a');
  await stage.settle();
  assert.deepEqual(stage.started, ['a', 'b']);
  await stage.enqueueAll('ada', 'yes');
  await stage.enqueueAll('dan', 'd');
  assert.equal(asked.answer, 'waits', 'bob has the slot');
  await stage.end('b');
  assert.deepEqual(stage.started, ['a', 'b', 'c'], 'cleo asked first');
  assert.equal(asked.answer, 'waits');
  await stage.end('c');
  assert.equal(asked.answer, 'yes');
  assert.deepEqual(stage.started, ['a', 'b', 'c'], 'dan asked last');
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'b', 'c', 'd']);
  stage.assertIdle();
});

test('waits for its slot as well when nobody has answered in time', async () => {
  const stage = new Stage({ concurrency: 1 });
  await stage.enqueueAll('ada', 'a');
  await stage.enqueueAll('bob', 'b');
  const asked = ask(stage, 'a', 10);
  await stage.elapse(10);
  assert.equal(asked.answer, 'waits');
  await stage.end('b');
  assert.equal(asked.answer, 'undefined');
  await stage.endAll();
  stage.assertIdle();
});

test('runs the answer next when the turn ended while it waited for its slot', async () => {
  const stage = new Stage({ concurrency: 1 });
  await stage.enqueueAll('ada', 'a');
  await stage.enqueueAll('bob', 'b');
  ask(stage, 'a');
  await stage.enqueueAll('ada', 'yes');
  // As a turn does that waits for the answer or for something else, whatever comes first.
  await stage.end('a');
  assert.deepEqual(stage.told, ['a: done a']);
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'b', 'yes']);
  stage.assertIdle();
});

test('keeps its session: nothing of it starts meanwhile', async () => {
  const stage = new Stage({ concurrency: 2 });
  await stage.enqueueAll('ada', 'a', 'b');
  ask(stage, 'a', 50);
  await stage.elapse(50);
  assert.deepEqual(stage.started, ['a']);
  await stage.endAll();
});

test('holds no slot while it awaits another session, though its answer has come, so that neither waits for ever', async () => {
  const seen: string[] = [];
  const queue = createQueueWithClock(
    {
      concurrency: 1,
      run: async (turn: MessageTurn<string>): Promise<void> => {
        seen.push(turn.input);
        if (turn.input !== 'a') return;
        const awaited = queue.enqueue('bob', 'b');
        await Promise.all([awaited, turn.receive(Infinity).then((answer) => seen.push(`answer: ${answer}`))]);
      },
    },
    new FakeClock(),
  );
  queue.pause('bob');
  const ticket = queue.enqueue('ada', 'a');
  await settle();
  void queue.enqueue('ada', 'yes');
  await settle();
  assert.deepEqual(seen, ['a', 'answer: yes']);
  queue.resume('bob');
  await ticket;
  assert.deepEqual(seen, ['a', 'answer: yes', 'b']);
  assert.equal(queue.pending(), 0);
});

test('keeps its slot lent while it waits for an answer, though what it awaited has ended', async () => {
  const seen: string[] = [];
  const queue = createQueueWithClock(
    {
      concurrency: 1,
      run: async (turn: MessageTurn<string>): Promise<void> => {
        seen.push(turn.input);
        if (turn.input !== 'a') return;
        await Promise.all([queue.enqueue('bob', 'b'), turn.receive(Infinity)]);
      },
    },
    new FakeClock(),
  );
  const ticket = queue.enqueue('ada', 'a');
  await settle();
  await queue.enqueue('cleo', 'c');
  assert.deepEqual(seen, ['a', 'b', 'c']);
  await Promise.allSettled([queue.enqueue('ada', 'yes'), ticket]);
  await queue.enqueue('dan', 'd');
  assert.deepEqual(seen, ['a', 'b', 'c', 'd']);
  assert.equal(queue.pending(), 0);
});
