/** Processes that are killed in the middle of everything, again and again: nothing that was told is lost, or told twice. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { createSessionQueue } from '#src/index.ts';
import { sqlite } from '#src/stores/sqlite/index.ts';

import { makeFolder, skip, startProgram } from './parts.ts';

// SQLITE_KILLS=500 soaks it.
const kills = Number(process.env['SQLITE_KILLS'] ?? 12);

describe('a process that is killed', { skip }, () => {
  it('loses nothing that was accepted, tells no result twice, and keeps the order, over all lives', async () => {
    const path = join(makeFolder(), 'queue.db');
    const told: string[] = [];
    for (let life = 0; life < kills; life += 1) {
      const program = startProgram('life', [path, String(life), '100000']);
      // From the opening of what the last life left to the middle of the work.
      await program.written(Math.floor(Math.random() ** 2 * 1500));
      program.process.kill('SIGKILL');
      assert.equal(await program.ended, '');
      told.push(...program.lines);
    }
    const last = startProgram('life', [path, String(kills)]);
    assert.equal(await last.ended, '');
    told.push(...last.lines);
    assertTold(told);
    await assertStored(path, wordsOf(told, 'accepted'));
  });
});

function wordsOf(told: readonly string[], what: string): readonly string[] {
  return told.filter((line) => line.startsWith(`${what} `)).map((line) => line.slice(what.length + 1));
}

function assertTold(told: readonly string[]): void {
  const accepted = wordsOf(told, 'accepted');
  const done = wordsOf(told, 'done');
  assert.ok(accepted.length > 10 * kills, `only ${accepted.length} were accepted`);
  assert.equal(new Set(done).size, done.length, 'a result was told twice');
  assert.deepEqual(wordsOf(told, 'failed'), []);
  assert.deepEqual(wordsOf(told, 'dropped'), []);
  // One that was started when its process was killed is started again, and nothing comes between.
  const started = wordsOf(told, 'started');
  assert.deepEqual(outOfOrder(started), [], 'turns started out of order');
  assert.deepEqual(outOfOrder(done), [], 'results were told out of order');
}

/** Whose place in its session is before that of one that came earlier: ids are `life-index`, and both only grow. */
function outOfOrder(names: readonly string[]): readonly string[] {
  const latest = new Map<string, readonly number[]>();
  return names.filter((name) => {
    const [key = '', id = ''] = name.split(' ');
    const place = id.split('-').map(Number);
    const [life = 0, index = 0] = place;
    const [latestLife = -1, latestIndex = -1] = latest.get(key) ?? [];
    latest.set(key, place);
    return life < latestLife || (life === latestLife && index < latestIndex);
  });
}

/** Each of them is known to be done: also those whose process was killed before it told. */
async function assertStored(path: string, names: readonly string[]): Promise<void> {
  const queue = createSessionQueue({
    run: () => undefined,
    store: sqlite(path),
    rememberMs: Infinity,
    rememberMax: 1_000_000,
  });
  assert.equal(queue.pending(), 0);
  for (const name of names) {
    const [key = '', id = ''] = name.split(' ');
    const outcome = await queue.ticket(key, id).outcome;
    assert.deepEqual(outcome, { type: 'done', value: Number(id.split('-')[1]) }, name);
  }
  await queue.close();
}
