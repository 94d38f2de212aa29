/**
 * The proof of messages and policies: generated programs on the queue, each history checked against
 * every rule; and the proof of the proof, that every rule is broken by some queue and every broken
 * queue is caught.
 *
 * Every run takes new programs. `PROOF_RUNS` says how many (default 2,000), `PROOF_SEED` and
 * `PROOF_PATH`, as printed with a failure, run a failing one again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokenNumbers } from './broken/numbers.ts';
import { brokenPolicies } from './broken/policies.ts';
import { brokenSlots } from './broken/slots.ts';
import { brokenTickets } from './broken/tickets.ts';
import { brokenTurns } from './broken/turns.ts';
import { messageRules } from './check.ts';
import { findMessageCounterexample, makeRealQueue, makeStoredQueue } from './prove.ts';

const { PROOF_RUNS: runs = '2000', PROOF_SEED: givenSeed, PROOF_PATH: path } = process.env;
const seed = givenSeed === undefined ? Math.trunc(Math.random() * 2 ** 31) : Number(givenSeed);
const brokenQueues = [...brokenTurns, ...brokenTickets, ...brokenPolicies, ...brokenSlots, ...brokenNumbers];
// A broken queue gets the same programs every time, so that one which is caught today is caught tomorrow.
const brokenSeed = 1;
const brokenRuns = 700;

test(`the queue keeps every rule in ${runs} programs of messages (seed ${seed})`, async () => {
  const found = await findMessageCounterexample(makeRealQueue, { runs: Number(runs), seed, path });
  if (found !== undefined) assert.fail(found.report);
});

test(`a queue with a store keeps every rule, too (seed ${seed})`, async () => {
  const found = await findMessageCounterexample(makeStoredQueue, { runs: Math.ceil(Number(runs) / 2), seed, path });
  if (found !== undefined) assert.fail(found.report);
});

for (const { defect, breaks, make } of brokenQueues) {
  test(`catches a queue of messages that ${defect}`, async (t) => {
    const counts = ({ rule }: { readonly rule: string }): boolean => rule === breaks;
    const found = await findMessageCounterexample(make, { runs: brokenRuns, seed: brokenSeed, isQuick: true, counts });
    assert.ok(found, `no program in ${brokenRuns} breaks "${breaks}"`);
    t.diagnostic(`by the rule "${breaks}", in program ${found.foundAfter}`);
  });
}

test('every rule about messages is broken by some queue', () => {
  const broken = new Set(brokenQueues.map(({ breaks }) => breaks));
  assert.deepEqual(
    messageRules.map(({ name }) => name).filter((name) => !broken.has(name)),
    [],
  );
});
