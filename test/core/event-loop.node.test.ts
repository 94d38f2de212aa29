/**
 * The queue never hogs the event loop, on the real clock and with many turns. Each case is a program of its own, since
 * a test runner watches every promise that is made in a test, which takes more time than the queue.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { runAlone, runtimeName } from './run-alone.ts';

const shapes: ReadonlyMap<string, string> = new Map([
  ['of one session', "() => 'ada'"],
  ['of as many sessions', '(number) => `session ${number}`'],
  ['of a thousand sessions', '(number) => `session ${number % 1000}`'],
]);

for (const [what, keyOf] of shapes) {
  test(`lets a timer and passes of the event loop come in between while 200,000 short turns ${what} run`, async () => {
    const { result } = await runAlone(async ({ createSessionQueue }) => {
      const { keyOf } = globalThis as unknown as { readonly keyOf: (number: number) => string };
      const queue = createSessionQueue();
      let ran = 0;
      let ranAtTimer = -1;
      let passes = 0;
      for (let number = 0; number < 200_000; number += 1) {
        void queue.enqueue(keyOf(number), () => {
          ran += 1;
        });
      }
      const immediate = (): void => {
        passes += 1;
        if (ran < 200_000) setImmediate(immediate);
      };
      setImmediate(immediate);
      setTimeout(() => {
        ranAtTimer = ran;
      }, 0);
      await queue.drained();
      return { ran, ranAtTimer, passes };
    }, `() => { globalThis.keyOf = ${keyOf}; }`);
    assert.equal(result.ran, 200_000);
    // Without cuts every turn would run before the first pass, since promise jobs go before everything else.
    assert.ok(result.passes >= 2, `${result.passes} passes`);
    assert.ok(result.ranAtTimer > 0 && result.ranAtTimer < 200_000, `the timer came at turn ${result.ranAtTimer}`);
  });
}

test(
  'spends no more promises on a turn because thousands of others wait for the next pass beside it',
  { skip: runtimeName === 'node' ? false : 'only Node tells of each promise that is made' },
  async () => {
    const promisesPerTurn = async (turns: number): Promise<number> => {
      const { result } = await runAlone(async ({ createSessionQueue }) => {
        const { turns } = globalThis as unknown as { readonly turns: number };
        const { createHook } = process.getBuiltinModule('node:async_hooks');
        let promises = 0;
        const hook = createHook({
          init: (_, type) => {
            if (type === 'PROMISE') promises += 1;
          },
        });
        const queue = createSessionQueue();
        hook.enable();
        for (let number = 0; number < turns; number += 1) {
          void queue.enqueue(`session ${number}`, () => {
            // A turn of a millisecond: a pass has room for a few of them.
            const endMs = performance.now() + 1;
            while (performance.now() < endMs);
          });
        }
        await queue.drained();
        hook.disable();
        return promises / turns;
      }, `() => { globalThis.turns = ${turns}; }`);
      return result;
    };
    const [few, many] = [await promisesPerTurn(100), await promisesPerTurn(1000)];
    assert.ok(many < 1.5 * few, `${many} promises a turn among 1,000 sessions, ${few} among 100`);
  },
);
