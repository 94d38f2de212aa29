/** The store in a SQLite file, by the suite of all stores. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { sqlite } from '#src/stores/sqlite/index.ts';
import { testStore } from '#src/testing/index.ts';
import type { StoreFixture } from '#src/testing/index.ts';

const hasSqlite = ['node:sqlite', 'bun:sqlite'].some((name) => {
  try {
    return process.getBuiltinModule(name) !== undefined;
  } catch {
    return false;
  }
});

if (hasSqlite) testStore((name, run) => test(name, run), { name: 'sqlite', makeStore });
else test('sqlite', { skip: 'this runtime has neither node:sqlite nor bun:sqlite' }, () => undefined);

function makeStore(): StoreFixture {
  const folder = mkdtempSync(join(tmpdir(), 'queue-'));
  const path = join(folder, 'queue.db');
  return {
    store: sqlite(path),
    again: () => sqlite(path),
    // What a process leaves that is killed: the files, without its locks.
    crash: () => {
      const copy = join(folder, 'after the crash.db');
      for (const end of ['', '-wal', '-shm']) {
        if (existsSync(`${path}${end}`)) copyFileSync(`${path}${end}`, `${copy}${end}`);
      }
      return sqlite(copy);
    },
    dispose: () => rmSync(folder, { recursive: true }),
  };
}
