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
import { findMessageCounterexample, makeRealQueue } from './prove.ts';

const { PROOF_RUNS: runs = '2000', PROOF_SEED: givenSeed, PROOF_PATH: path } = process.env;
const seed = givenSeed === undefined ? Math.trunc(Math.random() * 2 ** 31) : Number(givenSeed);

test(`the queue keeps every rule in ${runs} programs of messages (seed ${seed})`, async () => {
  const found = await findMessageCounterexample(makeRealQueue, { runs: Number(runs), seed, path });
  if (found !== undefined) assert.fail(found.report);
});
