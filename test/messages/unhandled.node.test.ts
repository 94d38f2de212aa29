/** An ignored ticket that fails is reported exactly once, and one that somebody cares for never. Outside of the runner. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { MessageTurn } from '#src/index.ts';

import { runEachAlone } from '../core/run-alone.ts';
import type { Alone } from '../core/run-alone.ts';

const cases: readonly {
  readonly title: string;
  readonly program: (alone: Alone) => unknown;
  readonly unhandled: readonly string[];
}[] = [
  {
    title: 'reports an ignored ticket whose turn fails once, though another waits behind it',
    program: async ({ createSessionQueue }) => {
      const queue = createSessionQueue({
        run: ({ input }: MessageTurn<string>) => (input === 'good' ? input : Promise.reject(new Error(input))),
      });
      void queue.enqueue('ada', 'bad');
      await queue.enqueue('ada', 'good');
    },
    unhandled: ['bad'],
  },
  {
    title: 'reports every ignored way to be refused or dropped once',
    program: async ({ createSessionQueue, settle }) => {
      const queue = createSessionQueue({
        run: () => 1,
        maxPendingPerSession: 2,
        policy: ({ waiting }) => ({ drop: waiting.slice(1).map((entry) => ({ entry, reason: 'rejected' })) }),
      });
      queue.pause();
      void queue.enqueue('ada', 'cancelled');
      void queue.enqueue('ada', 'rejected');
      void queue.enqueue('ada', 'full');
      await settle();
      queue.cancel('ada');
      queue.stop();
      void queue.enqueue('ada', 'stopped');
    },
    unhandled: ['rejected', 'full', 'cancelled', 'stopped'],
  },
  {
    title: 'reports nothing of tickets that were merged, whether their turn ends well or not',
    program: async ({ createSessionQueue }) => {
      const queue = createSessionQueue({
        run: ({ input }: MessageTurn<string>) => (input === 'good' ? input : Promise.reject(new Error(input))),
        policy: ({ waiting, running }) => (running === undefined ? { start: waiting } : undefined),
      });
      void queue.enqueue('ada', 'a');
      void queue.enqueue('ada', 'b');
      await queue.enqueue('ada', 'good');
      void queue.enqueue('ada', 'c');
      await queue.enqueue('ada', 'bad').catch(() => undefined);
    },
    unhandled: [],
  },
  {
    title: 'reports nothing of what was taken, and acknowledged or not',
    program: async ({ createSessionQueue, settle }) => {
      const queue = createSessionQueue({
        run: async (turn: MessageTurn<string>) => {
          await settle();
          turn.take();
          turn.acknowledge();
          await settle();
          turn.take();
        },
      });
      const first = queue.enqueue('ada', 'a');
      void queue.enqueue('ada', 'b');
      await first;
    },
    unhandled: [],
  },
  {
    title: 'reports nothing of a ticket whose outcome or accepted was read, in time or just before',
    program: async ({ createSessionQueue, settle }) => {
      const queue = createSessionQueue({ run: () => Promise.reject(new Error('of the turn')) });
      await queue.enqueue('ada', 'a').outcome;
      await queue.enqueue('ada', 'b').accepted;
      const late = queue.enqueue('ada', 'c');
      void late.accepted;
      await settle();
      queue.stop();
      await queue.enqueue('ada', 'd').outcome;
    },
    unhandled: [],
  },
  {
    title: 'reports a refusal that reading accepted did not handle, once',
    program: ({ createSessionQueue }) => {
      const queue = createSessionQueue({ run: () => 1 });
      queue.stop();
      void queue.enqueue('ada', 'a').accepted;
    },
    unhandled: ['stopped'],
  },
  {
    title: 'reports nothing of what onDrop is told, and still what fails by itself',
    program: async ({ createSessionQueue, settle }) => {
      const told: string[] = [];
      const queue = createSessionQueue({
        run: ({ input }: MessageTurn<string>) => Promise.reject(new Error(input)),
        onDrop: ({ key, id, message, code }) => told.push(`${key} ${id} ${message} ${code}`),
      });
      queue.pause();
      void queue.enqueue('ada', 'a', { id: 'one' });
      void queue.enqueue('ada', 'b').cancel();
      void queue.enqueue('bob', 'fails');
      if (told.length > 0) throw new Error('told inside the call');
      queue.cancel('ada');
      if (told.length > 0) throw new Error('told inside the call');
      queue.resume();
      await settle();
      if (told.join() !== 'ada 2 b cancelled,ada one a cancelled') throw new Error(`told ${told.join()}`);
    },
    unhandled: ['fails'],
  },
  {
    title: 'tells onDrop of an interrupted turn, and nobody else',
    program: async ({ createSessionQueue, settle }) => {
      const told: string[] = [];
      const queue = createSessionQueue({
        run: async ({ signal }: MessageTurn<string>) => {
          await settle();
          return signal.aborted;
        },
        policy: ({ waiting, running }) =>
          waiting.length > 0 && running?.isAborting === false ? { abort: 'interrupted' } : undefined,
        onDrop: ({ message, code }) => told.push(`${message} ${code}`),
      });
      void queue.enqueue('ada', 'old');
      await Promise.resolve();
      await Promise.resolve();
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      if (await queue.enqueue('ada', 'new')) throw new Error('the new one was aborted');
      if (told.join() !== 'old interrupted') throw new Error(`told ${told.join()}`);
    },
    unhandled: [],
  },
  {
    title: 'goes on when onDrop throws, and surfaces its error',
    program: async ({ createSessionQueue, settle }) => {
      const told: string[] = [];
      const queue = createSessionQueue({
        run: ({ input }: MessageTurn<string>) => input,
        onDrop: ({ message }) => {
          told.push(message);
          throw new Error(`of onDrop, for ${message}`);
        },
      });
      queue.pause();
      void queue.enqueue('ada', 'a').cancel();
      void queue.enqueue('ada', 'b').cancel();
      queue.resume();
      await settle();
      if ((await queue.enqueue('ada', 'c')) !== 'c') throw new Error('disturbed');
      if (told.join() !== 'a,b') throw new Error(`told ${told.join()}`);
    },
    unhandled: ['of onDrop, for a', 'of onDrop, for b'],
  },
];

const reports = runEachAlone(cases.map(({ program }) => program));

for (const [index, { title, unhandled }] of cases.entries()) {
  test(title, async () => {
    const report = (await reports)[index];
    assert.deepEqual(report?.unhandled.toSorted(), unhandled.toSorted());
  });
}
