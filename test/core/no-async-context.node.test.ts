/** Where the runtime has no AsyncLocalStorage, as in a browser, everything works but the finding of deadlocks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { runAlone } from './run-alone.ts';

const missing: ReadonlyMap<string, () => void> = new Map([
  [
    'process.getBuiltinModule is missing',
    () => {
      Object.defineProperty(process, 'getBuiltinModule', { value: undefined });
    },
  ],
  [
    'node:async_hooks is missing',
    () => {
      Object.defineProperty(process, 'getBuiltinModule', { value: () => undefined });
    },
  ],
  [
    'there is no process at all, as in a browser',
    () => {
      Object.defineProperty(globalThis, 'process', { value: undefined, writable: true });
    },
  ],
]);

for (const [what, before] of missing) {
  test(`runs in order, apart, with limits and aborts where ${what}`, async () => {
    const { result, unhandled } = await runAlone(async ({ createSessionQueue, settle }) => {
      const queue = createSessionQueue({ concurrency: 2, maxPendingPerSession: 5 });
      const order: string[] = [];
      const controller = new AbortController();
      const codeOf = (entry: Promise<unknown>): Promise<unknown> =>
        entry.catch((error: { readonly code: string }) => error.code);
      const codes = [
        queue.enqueue('ada', async () => {
          order.push('ada 1');
          await queue.enqueue('bob', () => void order.push('bob, awaited by ada'));
          void queue.enqueue('ada', () => void order.push('ada, by ada'));
          order.push('ada 1 goes on');
          return 'done';
        }),
        codeOf(queue.enqueue('ada', () => 1, { signal: controller.signal })),
        codeOf(
          queue.enqueue(
            'cleo',
            ({ signal }) =>
              new Promise((resolve) => {
                signal.addEventListener('abort', resolve);
              }),
            { timeoutMs: 1 },
          ),
        ),
      ];
      controller.abort();
      const values = await Promise.all(codes);
      await queue.drained();
      await settle();
      const report = await queue.close();
      return { order, values, report, pending: queue.pending() };
    }, before);
    assert.deepEqual(result, {
      order: ['ada 1', 'bob, awaited by ada', 'ada 1 goes on', 'ada, by ada'],
      values: ['done', 'aborted', 'timeout'],
      report: { unstarted: [], stuck: [] },
      pending: 0,
    });
    assert.deepEqual(unhandled, []);
  });
}

test('finds no deadlock there, and hangs as every other queue would, while other sessions go on', async () => {
  const { result } = await runAlone(
    async ({ createSessionQueue, settle }) => {
      const queue = createSessionQueue();
      void queue.enqueue('ada', async () => await queue.enqueue('ada', () => 1));
      const ofBob = await queue.enqueue('bob', () => 'of bob');
      await settle();
      return { ofBob, pending: queue.pending('ada') };
    },
    () => {
      Object.defineProperty(process, 'getBuiltinModule', { value: undefined });
    },
  );
  assert.deepEqual(result, { ofBob: 'of bob', pending: 2 });
});
