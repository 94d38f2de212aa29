/** Whose async context a turn runs in, and what its code must not await. Only where there is AsyncLocalStorage. */
import type { Case } from './case.ts';
import { rejection, same } from './expect.ts';

interface Storage {
  getStore(): unknown;
  run(store: unknown, act: () => unknown): unknown;
}

interface Runtime {
  getBuiltinModule?(id: string): { readonly AsyncLocalStorage: new () => Storage } | undefined;
}

// Read off the global object, because the suite imports no runtime's modules.
const runtime = (globalThis as { readonly process?: Runtime }).process;
const AsyncLocalStorage = runtime?.getBuiltinModule?.('node:async_hooks')?.AsyncLocalStorage;

function whyNot(): string | undefined {
  return AsyncLocalStorage === undefined ? 'this runtime has no AsyncLocalStorage' : undefined;
}

export const contextCases: readonly Case[] = [
  {
    says: 'runs each turn in the async context of its own enqueue, every attempt of it',
    needs: ['attempts', 'context'],
    whyNot,
    async run(stage) {
      const storage = AsyncLocalStorage === undefined ? undefined : new AsyncLocalStorage();
      const seen: string[] = [];
      const queue = stage.open({
        attempts: 2,
        backoff: { firstMs: 1 },
        run: (turn) => {
          seen.push(`${String(turn.input)} in ${String(storage?.getStore())}`);
          if (turn.attempt === 1) throw new Error('once more');
        },
      });
      const tickets: Promise<unknown>[] = [];
      for (const name of ['a', 'b']) {
        storage?.run(name, () => {
          tickets.push(queue.enqueue('ada', name));
        });
      }
      await Promise.all(tickets);
      same(seen, ['a in a', 'a in a', 'b in b', 'b in b']);
    },
  },
  {
    says: 'runs a delayed turn in the async context of its enqueue',
    needs: ['delay', 'context'],
    whyNot,
    async run(stage) {
      const storage = AsyncLocalStorage === undefined ? undefined : new AsyncLocalStorage();
      const queue = stage.open({ run: () => storage?.getStore() });
      const tickets: Promise<unknown>[] = [];
      storage?.run('hers', () => {
        tickets.push(queue.enqueue('ada', 'a', { delayMs: 5 }));
      });
      same(await Promise.all(tickets), ['hers']);
    },
  },
  {
    says: 'refuses a turn that awaits an entry of its own session',
    whyNot,
    async run(stage) {
      const queue = stage.open({
        run: async (turn) => {
          if (turn.input !== 'a') return 'behind it';
          const behind = queue.enqueue('ada', 'b');
          return behind;
        },
      });
      await rejection(queue.enqueue('ada', 'a'), 'deadlock');
      await queue.drained();
    },
  },
  {
    says: 'refuses a turn that awaits an entry of its own session by its id, or a delayed one',
    needs: ['delay'],
    whyNot,
    async run(stage) {
      const queue = stage.open({
        run: async (turn) => {
          if (turn.input === 'by id') {
            void queue.enqueue('ada', 'behind', { id: 'behind' });
            await queue.ticket('ada', 'behind');
          }
          if (turn.input === 'delayed') await queue.enqueue('ada', 'later', { delayMs: 20 });
        },
      });
      await rejection(queue.enqueue('ada', 'by id'), 'deadlock');
      await rejection(queue.enqueue('ada', 'delayed'), 'deadlock');
    },
  },
];
