/**
 * The proof: generated programs on the queue, each history checked against every rule; and the
 * proof of the proof, that every rule is broken by some queue and every broken queue is caught.
 *
 * Every run takes new programs. `PROOF_RUNS` says how many (default 2,000), `PROOF_SEED` and
 * `PROOF_PATH`, as printed with a failure, run a failing one again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import { brokenLanes } from './broken/lanes.ts';
import { brokenNumbers } from './broken/numbers.ts';
import { brokenOutcomes } from './broken/outcomes.ts';
import { brokenSlots } from './broken/slots.ts';
import { rules } from './check.ts';
import { findCounterexample } from './prove.ts';
import { ReferenceQueue } from './reference-queue.ts';

const { PROOF_RUNS: runs = '2000', PROOF_SEED: givenSeed, PROOF_PATH: path } = process.env;
const seed = givenSeed === undefined ? Math.trunc(Math.random() * 2 ** 31) : Number(givenSeed);
const brokenQueues = [...brokenLanes, ...brokenOutcomes, ...brokenNumbers, ...brokenSlots];
// A broken queue gets the same programs every time, so that one which is caught today is caught tomorrow.
const brokenSeed = 1;
const brokenRuns = 500;

test(`the queue keeps every rule in ${runs} programs (seed ${seed})`, async () => {
  const found = await findCounterexample(createQueueWithClock, { runs: Number(runs), seed, path });
  if (found !== undefined) assert.fail(found.report);
});

test('the plainest queue that can be written keeps every rule, so none of them asks too much', async () => {
  const found = await findCounterexample((...args) => new ReferenceQueue(...args), { runs: 1_000, seed });
  if (found !== undefined) assert.fail(found.report);
});

for (const { defect, breaks, make } of brokenQueues) {
  test(`catches a queue that ${defect}`, async (t) => {
    const counts = ({ rule }: { readonly rule: string }): boolean => rule === breaks;
    const found = await findCounterexample(make, { runs: brokenRuns, seed: brokenSeed, isQuick: true, counts });
    assert.ok(found, `no program in ${brokenRuns} breaks "${breaks}"`);
    t.diagnostic(`by the rule "${breaks}", in program ${found.foundAfter}`);
  });
}

test('every rule is broken by some queue', () => {
  const broken = new Set(brokenQueues.map(({ breaks }) => breaks));
  assert.deepEqual(
    rules.map(({ name }) => name).filter((name) => !broken.has(name)),
    [],
  );
});
