/** Deadlocks are told from what only looks like one by a stack trace, whatever the program has made of those. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSessionQueue } from '#src/index.ts';

import { settle } from './fake-clock.ts';

const settings: readonly { readonly name: string; readonly value: unknown; readonly what: string }[] = [
  { name: 'prepareStackTrace', value: (_: Error, sites: unknown) => sites, what: 'traces that are lists' },
  { name: 'prepareStackTrace', value: () => 'no trace', what: 'traces that say nothing' },
  { name: 'stackTraceLimit', value: 0, what: 'no traces at all' },
];

for (const { name, value, what } of settings) {
  test(`tells what awaits from what does not in a program that wants ${what}`, async () => {
    const before: unknown = Reflect.get(Error, name);
    const queue = createSessionQueue();
    const soon = (): Promise<string> => queue.enqueue('ada', () => 'soon');
    const notes: string[] = [];
    const note = (error: unknown): void => void notes.push(String(error));
    Reflect.set(Error, name, value);
    try {
      await queue.enqueue('ada', () => {
        soon()
          .finally(() => notes.push('finally'))
          .catch(note);
      });
      await assert.rejects(
        queue.enqueue('ada', async () => await soon()),
        { code: 'deadlock' },
      );
      assert.equal(Reflect.get(Error, name), value, 'it is left as the program set it');
    } finally {
      Reflect.set(Error, name, before);
    }
    await settle();
    assert.deepEqual(notes, ['finally']);
  });
}

const schedules: readonly { readonly what: string; readonly schedule: (callback: () => void) => void }[] = [
  { what: 'a timer', schedule: (callback) => void setTimeout(callback, 0) },
  { what: 'process.nextTick', schedule: (callback) => process.nextTick(callback) },
  {
    // The runtime runs the jobs of the first from within its loop over both.
    what: 'the first of two setImmediate',
    schedule: (callback) => {
      setImmediate(callback);
      setImmediate(() => undefined);
    },
  },
];

for (const { what, schedule } of schedules) {
  test(`refuses an await of the own session in code that goes on after ${what}, one that goes on from a job too`, async () => {
    const queue = createSessionQueue();
    const awaitOwn = async (): Promise<void> => {
      await Promise.resolve();
      await queue.enqueue('ada', () => 1);
    };
    const turn = queue.enqueue('ada', () => {
      return new Promise<void>((resolve, reject) => {
        schedule(() => {
          awaitOwn().then(resolve, reject);
        });
      });
    });
    await assert.rejects(turn, { code: 'deadlock' });
  });
}

test('takes a then by a function for none of the engine, though it has a name as those have', async () => {
  const queue = createSessionQueue();
  let isTold = false;
  const outside = new Promise<string>((resolve, reject) => {
    function processTicksAndRejections(): void {
      queue.enqueue('ada', () => 'inner').then(resolve, reject);
    }
    void queue.enqueue('ada', processTicksAndRejections).then(() => {
      isTold = true;
    });
  });
  assert.equal(await outside, 'inner');
  assert.equal(isTold, true);
});
