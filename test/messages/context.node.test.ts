/** Whose async context code runs in: a turn in that of its carrier's `enqueue`, and what is nobody's in nobody's. */
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import { createSessionQueue } from '#src/index.ts';
import type { MessageTurn, Policy } from '#src/index.ts';
import { collect, debounce, pipe } from '#src/policies/index.ts';

import { FakeClock, settle } from '../core/fake-clock.ts';

const user = new AsyncLocalStorage<string>();

test('runs each turn in the context of the enqueue whose ticket carries it, whoever ended before', async () => {
  const seen: string[] = [];
  const queue = createSessionQueue({
    run: async ({ inputs }: MessageTurn<string>) => {
      const atStart = user.getStore();
      await settle();
      seen.push(`${inputs.join('+')}: ${atStart}, ${user.getStore()}`);
    },
    policy: collect(),
  });
  const enqueue = (name: string): unknown => user.run(name, () => queue.enqueue('shared', name).outcome);
  enqueue('ada');
  await settle();
  enqueue('bob');
  const last = enqueue('cleo');
  await last;
  assert.deepEqual(seen, ['ada: ada, ada', 'bob+cleo: cleo, cleo']);
});

test('runs a turn that a wake-up or a resume has let start in the context of its enqueue', async () => {
  const clock = new FakeClock();
  const seen: unknown[] = [];
  const queue = createQueueWithClock(
    {
      run: () => void seen.push(user.getStore()),
      policy: pipe(debounce(10, 10), collect()),
      concurrency: 1,
    },
    clock,
  );
  const tickets = ['ada', 'bob'].map((name) => user.run(name, () => queue.enqueue(name, name)));
  await user.run('whoever moves the clock', () => clock.elapse(10));
  queue.pause();
  tickets.push(user.run('cleo', () => queue.enqueue('cleo', 'cleo')));
  await clock.elapse(10);
  user.run('whoever resumes', () => {
    queue.resume();
  });
  await Promise.all(tickets);
  assert.deepEqual(seen, ['ada', 'bob', 'cleo']);
});

test("asks its policy and calls onDrop in the context of createSessionQueue, never in a user's", async () => {
  const seen = new Set<unknown>();
  const policy: Policy = ({ waiting }) => {
    seen.add(user.getStore());
    return { drop: waiting.slice(1).map((entry) => ({ entry, reason: 'rejected' })) };
  };
  const onDrop = (): void => void seen.add(user.getStore());
  const run = ({ input }: MessageTurn<string>): string => input;
  const queue = user.run('whoever made the queue', () => createSessionQueue({ run, policy, onDrop }));
  for (const name of ['ada', 'bob']) {
    await user.run(name, async () => {
      void queue.enqueue('shared', 'runs');
      void queue.enqueue('shared', 'is dropped');
      queue.pause(name);
      queue.resume(name);
      await settle();
    });
  }
  assert.deepEqual([...seen], ['whoever made the queue']);
});

test('goes on in the context of the turn after it has received an answer', async () => {
  const queue = createSessionQueue({
    run: async (turn: MessageTurn<string>) => {
      const answer = await turn.receive(Infinity);
      return `${answer}, to ${user.getStore()}`;
    },
    concurrency: 1,
  });
  const ticket = user.run('ada', () => queue.enqueue('shared', 'question'));
  await settle();
  user.run('bob', () => void queue.enqueue('shared', 'answer'));
  assert.equal(await ticket, 'answer, to ada');
});
