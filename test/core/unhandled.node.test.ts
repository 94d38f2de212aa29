/** An ignored failure is reported exactly once, and a handled one never. The cases run outside of the test runner. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { runEachAlone } from './run-alone.ts';
import type { Alone } from './run-alone.ts';

const cases: readonly {
  readonly title: string;
  readonly program: (alone: Alone) => unknown;
  readonly unhandled: readonly string[];
}[] = [
  {
    title: 'reports an ignored failure once',
    program: ({ createSessionQueue }) => {
      void createSessionQueue().enqueue('ada', () => Promise.reject(new Error('ignored')));
    },
    unhandled: ['ignored'],
  },
  {
    title: 'reports an ignored failure once, though another task waits behind it',
    program: async ({ createSessionQueue }) => {
      const queue = createSessionQueue();
      void queue.enqueue('ada', () => Promise.reject(new Error('ignored')));
      await queue.enqueue('ada', () => 1);
    },
    unhandled: ['ignored'],
  },
  {
    title: 'reports an ignored failure of a task that waited, once',
    program: ({ createSessionQueue }) => {
      const queue = createSessionQueue();
      void queue.enqueue('ada', () => 1);
      void queue.enqueue('ada', async () => {
        await Promise.resolve();
        throw new Error('ignored');
      });
      void queue.enqueue('ada', () => 3);
    },
    unhandled: ['ignored'],
  },
  {
    title: 'reports an ignored throw before the first await once',
    program: ({ createSessionQueue }) => {
      const queue = createSessionQueue();
      for (const key of ['ada', 'ada', 'bob']) {
        void queue.enqueue(key, () => {
          throw new Error(`ignored, of ${key}`);
        });
      }
    },
    unhandled: ['ignored, of ada', 'ignored, of bob', 'ignored, of ada'],
  },
  {
    title: 'reports an ignored failure under concurrency once',
    program: ({ createSessionQueue }) => {
      const queue = createSessionQueue({ concurrency: 1 });
      void queue.enqueue('ada', () => Promise.reject(new Error('first')));
      void queue.enqueue('bob', () => Promise.reject(new Error('second')));
    },
    unhandled: ['first', 'second'],
  },
  {
    title: 'reports ignored failures of every way to be refused or dropped once each',
    program: async ({ createSessionQueue, settle }) => {
      const queue = createSessionQueue({ maxPending: 3 });
      const controller = new AbortController();
      queue.pause();
      void queue.enqueue('ada', () => 1, { signal: controller.signal });
      void queue.enqueue('ada', () => 1, { ttlMs: 1 });
      void queue.enqueue('bob', () => 1);
      void queue.enqueue('cleo', () => 1);
      controller.abort();
      queue.cancel('bob');
      while (queue.pending() > 0) await settle();
      queue.stop();
      void queue.enqueue('dan', () => 1);
    },
    unhandled: ['aborted', 'cancelled', 'full', 'stopped', 'expired'],
  },
  {
    title: 'reports an ignored timeout once, and nothing of what the task throws afterwards',
    program: async ({ createSessionQueue }) => {
      const queue = createSessionQueue({ timeoutMs: 1 });
      void queue.enqueue('ada', async ({ signal }) => {
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve);
        });
        throw new Error('too late');
      });
      await queue.drained();
    },
    unhandled: ['timeout'],
  },
  {
    title: 'reports nothing of a zombie that throws after its lane was released',
    program: async ({ createSessionQueue, settle }) => {
      const queue = createSessionQueue({ timeoutMs: 1, graceMs: 1 });
      let fail: (error: Error) => void = () => undefined;
      const result = queue.enqueue(
        'ada',
        () =>
          new Promise((_, reject) => {
            fail = reject;
          }),
      );
      await result.catch(() => undefined);
      await queue.drained();
      fail(new Error('too late'));
      await settle();
    },
    unhandled: [],
  },
  {
    title: 'reports nothing of failures that somebody handles, in whichever way',
    program: async ({ createSessionQueue }) => {
      const queue = createSessionQueue();
      const fails = (key: string): Promise<never> => queue.enqueue(key, () => Promise.reject(new Error('handled')));
      const settled = Promise.allSettled([fails('ada'), fails('ada'), fails('bob')]);
      fails('ada').catch(() => undefined);
      fails('ada').then(
        () => undefined,
        () => undefined,
      );
      try {
        await fails('bob');
      } catch {
        // Handled.
      }
      await settled;
      await queue.drained();
    },
    unhandled: [],
  },
  {
    title:
      'reports nothing of the queue itself when nobody handles drained, close or a cancelled entry that is handled',
    program: async ({ createSessionQueue, settle }) => {
      const queue = createSessionQueue();
      void queue.drained();
      const entry = queue.enqueue('ada', () => settle()).catch(() => undefined);
      queue.cancel('ada');
      void queue.drained();
      void queue.close();
      await entry;
    },
    unhandled: [],
  },
  {
    title: 'reports an ignored failure inside a turn once, and nothing of a handled one there',
    program: async ({ createSessionQueue }) => {
      const queue = createSessionQueue();
      await queue.enqueue('ada', async () => {
        void queue.enqueue('ada', () => Promise.reject(new Error('own session')));
        void queue.enqueue('bob', () => Promise.reject(new Error('other session')));
        queue.enqueue('ada', () => Promise.reject(new Error('handled'))).catch(() => undefined);
        await queue.enqueue('bob', () => Promise.reject(new Error('awaited'))).catch(() => undefined);
      });
      await queue.drained();
    },
    unhandled: ['other session', 'own session'],
  },
  {
    title: 'reports nothing of a deadlock that was caught, and one that was not once',
    program: async ({ createSessionQueue }) => {
      const queue = createSessionQueue();
      await queue.enqueue('ada', async () => {
        await queue.enqueue('ada', () => 1).catch(() => undefined);
        try {
          await queue.enqueue('ada', () => 2);
        } catch {
          // Handled.
        }
      });
      void queue.enqueue('bob', () => queue.enqueue('bob', () => 1));
    },
    unhandled: ['deadlock'],
  },
  {
    title: 'surfaces the error of a listener as an unhandled rejection, and disturbs nobody by it',
    program: async ({ createSessionQueue }) => {
      const queue = createSessionQueue();
      const told: string[] = [];
      queue.subscribe(({ type }) => {
        if (type === 'started') throw new Error('of the listener');
      });
      queue.subscribe(({ type }) => told.push(type));
      await queue.enqueue('ada', () => 1);
      await queue.enqueue('ada', () => 2);
      if (told.join() !== 'enqueued,started,ended,settled,drained,enqueued,started,ended,settled,drained') {
        throw new Error(`the other listener was told ${told.join()}`);
      }
    },
    unhandled: ['of the listener', 'of the listener'],
  },
  {
    title: 'goes on when a listener of the turn signal throws',
    program: async ({ createSessionQueue, settle }) => {
      const queue = createSessionQueue();
      const first = queue.enqueue('ada', async ({ signal }) => {
        signal.addEventListener('abort', () => {
          throw new Error('of the abort listener');
        });
        await settle();
      });
      const second = queue.enqueue('bob', () => 2);
      await second;
      queue.cancel('ada');
      const third = queue.enqueue('ada', () => 3);
      const codes = await first.catch((error: { readonly code: string }) => error.code);
      if (codes !== 'cancelled' || (await third) !== 3) throw new Error('disturbed');
    },
    unhandled: ['of the abort listener'],
  },
];

const reports = runEachAlone(cases.map(({ program }) => program));

for (const [index, { title, unhandled }] of cases.entries()) {
  test(title, async () => {
    const report = (await reports)[index];
    assert.deepEqual(report?.unhandled.toSorted(), unhandled.toSorted());
  });
}
