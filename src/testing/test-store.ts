/** Registers the tests of a store: all that the contract of stores promises, each named by a sentence. */
import { attemptCases } from './attempts.ts';
import type { Case } from './case.ts';
import { contextCases } from './context.ts';
import { controlCases } from './controls.ts';
import { crashCases } from './crashes.ts';
import { deadLetterCases } from './dead-letters.ts';
import { delayCases } from './delays.ts';
import { eventCases } from './events.ts';
import { idCases } from './ids.ts';
import { keyCases } from './keys.ts';
import { orderCases } from './order.ts';
import { payloadCases } from './payloads.ts';
import { policyCases } from './policies.ts';
import { restartCases } from './restarts.ts';
import { Stage } from './stage.ts';
import type { StoreUnderTest, TestFunction } from './store-under-test.ts';
import { takingCases } from './taking.ts';
import { ticketCases } from './tickets.ts';

/**
 * Registers the conformance suite of stores with the caller's `test`. Each test has a store of its own, so they may run at the
 * same time. A test that needs what the store lacks is skipped, and its name says why.
 *
 * @throws TypeError when `makeStore` is not a function.
 *
 * @example
 * const names: string[] = [];
 * testStore((name) => names.push(name), { name: 'memory', makeStore: () => ({ store: memory(), again: () => memory() }) });
 * assert.ok(names.includes('memory: runs the entries of a session one after another, in the order of enqueue'));
 */
export function testStore(test: TestFunction, { name, makeStore, lacks = {} }: StoreUnderTest): void {
  if (typeof makeStore !== 'function') throw new TypeError('testStore: there is no makeStore; expected a function.');
  for (const { says, needs = [], run, whyNot } of cases) {
    const what = needs.find((capability) => lacks[capability] !== undefined);
    const reason = what === undefined ? whyNot?.() : `it lacks ${what}: ${lacks[what]}`;
    if (reason !== undefined) {
      (test.skip ?? test)(`${name}: ${says} (skipped: ${reason})`, () => Promise.resolve());
      continue;
    }
    test(`${name}: ${says}`, async () => {
      const stage = new Stage(await makeStore());
      try {
        await stage.within(run(stage));
      } finally {
        await stage.end();
      }
    });
  }
}

const cases: readonly Case[] = [
  ...orderCases,
  ...ticketCases,
  ...idCases,
  ...payloadCases,
  ...keyCases,
  ...attemptCases,
  ...deadLetterCases,
  ...delayCases,
  ...policyCases,
  ...takingCases,
  ...controlCases,
  ...eventCases,
  ...restartCases,
  ...crashCases,
  ...contextCases,
];
