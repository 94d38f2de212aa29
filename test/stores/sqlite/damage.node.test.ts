/** A file in which a few bytes have changed: it opens with everything right, or not at all. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { systemClock } from '#src/core/clock.ts';
import { createSessionQueue } from '#src/index.ts';
import type { MessageTurn } from '#src/index.ts';
import { sqlite } from '#src/stores/sqlite/index.ts';
import { openJournal } from '#src/stores/sqlite/sqlite-journal.ts';

import { makeFolder, skip } from './parts.ts';

// SQLITE_FLIPS=5000 soaks it.
const flips = Number(process.env['SQLITE_FLIPS'] ?? 150);
const names = Array.from({ length: 40 }, (_, index) => index);

describe('a damaged file', { skip }, () => {
  it('is opened with everything right, or refused and left as it is, wherever 16 bytes have changed', async () => {
    const folder = makeFolder();
    const path = join(folder, 'queue.db');
    await fill(path);
    const bytes = readFileSync(path);
    const contents = read(path);
    const copy = join(folder, 'copy.db');
    let refused = 0;
    for (let flip = 0; flip < flips; flip += 1) {
      const offset = Math.floor(Math.random() * (bytes.length - 16));
      const damaged = Buffer.from(bytes);
      for (let index = offset; index < offset + 16; index += 1) damaged[index] = Math.floor(Math.random() * 256);
      writeFileSync(copy, damaged);
      const found = readOrMessage(copy);
      if (typeof found !== 'string') assert.deepEqual(found, contents, `bytes at ${offset}`);
      else {
        refused += 1;
        assert.match(found, /^sqlite: .*copy\.db.* left as it (is|was)/s, `bytes at ${offset}`);
        assert.deepEqual(readFileSync(copy), damaged, `bytes at ${offset}: the file was changed`);
      }
    }
    // Where nothing is written, nothing is wrong.
    assert.ok(refused > flips / 2, `${refused} of ${flips} were refused`);
  });
});

/** Some of everything: entries that wait, that are delayed, that have ended well and badly; ids of both kinds. */
async function fill(path: string): Promise<void> {
  const run = async ({ input }: MessageTurn<string>): Promise<string> => {
    if (input.startsWith('bad')) throw new Error(`no ${input}`);
    return input.repeat(5);
  };
  const queue = createSessionQueue({ run, store: sqlite(path) });
  const tickets = names.flatMap((name) => [
    queue.enqueue(`key ${name % 7}`, `good ${name}`, { id: `good ${name}` }),
    queue.enqueue(`key ${name % 7}`, `good ${name}`),
    queue.enqueue(`key ${name % 7}`, `bad ${name}`, { id: `bad ${name}` }),
  ]);
  await Promise.allSettled(tickets);
  queue.pause();
  const waiting = names.flatMap((name) => [
    queue.enqueue(`key ${name % 7}`, 'wait '.repeat(10 * name), { id: `wait ${name}` }),
    queue.enqueue(`key ${name % 7}`, `later ${name}`, { delayMs: 3_600_000 }),
  ]);
  await Promise.all(waiting.map((ticket) => ticket.accepted));
  await queue.close({ drainMs: 0 });
  // Closed tickets are refused; nobody waits for them.
  await Promise.allSettled(waiting);
}

/** All that a queue would be told of the file, but for where the numbers go on. */
function read(path: string) {
  const journal = openJournal(
    path,
    { synchronous: 'full', rememberMs: undefined, rememberMax: undefined },
    systemClock,
  );
  try {
    return {
      entries: [...journal.load()],
      deadLetters: journal.deadLetters(undefined),
      ended: names.flatMap((name) => [
        journal.findEnded(`key ${name % 7}`, `good ${name}`),
        journal.findEnded(`key ${name % 7}`, `#${3 * name + 2}`),
      ]),
    };
  } finally {
    journal.close();
  }
}

function readOrMessage(path: string): ReturnType<typeof read> | string {
  try {
    return read(path);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
