/** Files of every format that there was are opened, and nothing in them is lost. */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import type { MessageTurn } from '#src/index.ts';
import { checkPages, checkRows } from '#src/stores/sqlite/check-file.ts';
import { openDatabase } from '#src/stores/sqlite/driver.ts';
import { sqlite } from '#src/stores/sqlite/index.ts';
import { migrate, migrations, schemaVersion } from '#src/stores/sqlite/schema.ts';

import { FakeClock } from '../../core/fake-clock.ts';
import { describeAll, makeFolder, skip } from './parts.ts';

// One file for each format that was released.
const formats = [1] as const;

describe('a file of format', { skip }, () => {
  for (const format of formats) {
    it(`${format} opens with everything that was in it`, async () => {
      const path = copyOf(format);
      const clock = new FakeClock();
      const ran: string[] = [];
      const run = ({ key, id, attempt, input }: MessageTurn<string>): string => {
        ran.push(`${key} ${id} ${attempt}`);
        return `did ${input.slice(0, 10)}`;
      };
      const queue = createQueueWithClock({ run, store: sqlite(path) }, clock);
      await queue.drained();
      assert.deepEqual(ran, ['running was running 2', 'running #5 1']);
      assert.equal(queue.pending(), 0);
      const names = ['with an id', '#2', 'nothing'];
      assert.deepEqual(await describeAll(names.map((id) => queue.ticket('ended', id))), [
        'done did one',
        'done did two',
        'dropped unknown',
      ]);
      const letter = { key: 'dead', id: 'letter', message: 'fail', attempts: 1, enqueuedMs: 1_700_000_001_000 };
      assert.deepEqual(await queue.deadLetters.list(), [
        { ...letter, error: { name: 'RangeError', message: 'no such luck' }, failedMs: 1_700_000_001_000 },
      ]);
      await clock.elapse(7_200_000);
      assert.deepEqual(ran.slice(2), ['\ud800 not well-formed żółw 1', 'ended long 1']);
      assert.equal(await queue.ticket('ended', 'long'), `did ${'x'.repeat(10)}`);
      await queue.close();
    });
  }

  it(`${schemaVersion} is what a file of every earlier one becomes, step by step`, () => {
    assert.equal(migrations.length, schemaVersion);
    assert.equal(formats.at(-1), schemaVersion, 'there is a format without a file to test with');
    for (const format of [0, ...formats]) {
      const path = format === 0 ? join(makeFolder(), 'new.db') : copyOf(format);
      const database = openDatabase(path);
      migrate(database, format);
      checkPages(database, path);
      checkRows(database, path);
      assert.equal(database.prepare('PRAGMA user_version').get()?.['user_version'], schemaVersion);
      database.close();
    }
  });
});

function copyOf(format: number): string {
  const path = join(makeFolder(), 'queue.db');
  copyFileSync(fileURLToPath(new URL(`fixtures/format-${format}.db`, import.meta.url)), path);
  return path;
}
