/** Files that can't be opened: what is said, and that they stay as they were. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { createSessionQueue } from '#src/index.ts';
import { openDatabase } from '#src/stores/sqlite/driver.ts';
import { sqlite } from '#src/stores/sqlite/index.ts';

import { makeFolder, messageOf, runProgram, skip } from './parts.ts';

const nobody = 65_534;
// Permissions don't bind root, so the program is somebody else's.
const isRoot = process.getuid?.() === 0;
const owner = isRoot ? { uid: nobody, gid: nobody } : {};

describe('a file that can not be opened', { skip }, () => {
  it('is no database: it says so, and leaves it alone', () => {
    const path = join(makeFolder(), 'notes.txt');
    writeFileSync(path, 'milk, bread, and a thousand other things\n'.repeat(100));
    assertRefused(
      path,
      /"[^"]*notes\.txt": file is not a database\. The file was left as it is\. .* give another path/,
    );
  });

  it('has lost its header: it says that it is damaged', async () => {
    const path = await makeFile();
    const bytes = readFileSync(path);
    bytes.fill(7, 0, 100);
    writeFileSync(path, bytes);
    assertRefused(path, /file is not a database\. The file was left as it is\. It is damaged, or no SQLite file/);
  });

  it('was cut short: it says that it is damaged', async () => {
    const path = await makeFile();
    writeFileSync(path, readFileSync(path).subarray(0, 3 * 4096 + 100));
    assertRefused(path, /malformed\. The file was left as it is\. It is damaged: restore a back-up/);
  });

  it('is a SQLite file of another program', () => {
    const path = join(makeFolder(), 'other.db');
    const database = openDatabase(path);
    database.run('CREATE TABLE users (name TEXT)');
    database.close();
    assertRefused(
      path,
      /"[^"]*other\.db" is a SQLite file of something else\. It was left as it is; give another path\./,
    );
  });

  it('is of another program that has not made its tables yet', () => {
    const path = join(makeFolder(), 'other.db');
    const database = openDatabase(path);
    database.run('PRAGMA application_id = 77; PRAGMA user_version = 3');
    database.close();
    assertRefused(path, /is a SQLite file of something else/);
  });

  it('has a later format: it says which, and that a later version of the library is needed', async () => {
    const path = await makeFile();
    change(path, 'PRAGMA user_version = 99');
    assertRefused(
      path,
      /has format 99, and this version of the library knows 1\. It was left as it is\. Use a later one/,
    );
  });

  it('has a format that never was', async () => {
    const path = await makeFile();
    change(path, 'PRAGMA user_version = 0');
    assertRefused(path, /is damaged: it has format 0, which there never was/);
  });

  it('has other tables than were made', async () => {
    const path = await makeFile();
    change(path, 'DROP INDEX ended_name');
    assertRefused(path, /is damaged: its tables are not those that were made/);
  });

  it('has a row that was changed: it names the row', async () => {
    for (const [sql, row] of [
      ['UPDATE entries SET message = \'"bye"\' WHERE number = 1', 'row 1 of entries'],
      ['UPDATE entries SET place = 99 WHERE number = 1', 'row 1 of entries'],
      ["UPDATE facts SET value = 3 WHERE name = 'lastNumber'", 'row lastNumber of facts'],
      ["DELETE FROM facts WHERE name = 'lastEpoch'", 'row lastEpoch of facts'],
    ] as const) {
      const path = await makeFile();
      change(path, sql);
      assertRefused(path, new RegExp(`${row} in ".*queue\\.db" is damaged\\. The file was left as it is\\. Restore`));
    }
  });

  it('is in a folder that is not there', () => {
    const path = join(makeFolder(), 'missing', 'queue.db');
    const message = messageOf(() => open(path));
    assert.match(
      message,
      /missing\/queue\.db": unable to open.* Its folder has to be there, and readable and writable/,
    );
    assert.equal(existsSync(path), false);
  });

  it('may be read only: it says so before anything is taken in', async () => {
    const path = await makeFile();
    chmodSync(path, 0o444);
    const before = readFileSync(path);
    const { error } = await runProgram<{ error: string }>('open', [path], owner);
    assert.match(error, /queue\.db": attempt to write a readonly database\. .* have to be writable for this process/);
    assert.deepEqual(readFileSync(path), before);
  });

  it('is in a folder that may not be written', async () => {
    const folder = join(makeFolder(), 'closed');
    mkdirSync(folder);
    chmodSync(folder, 0o555);
    const { error } = await runProgram<{ error: string }>('open', [join(folder, 'queue.db')], owner);
    assert.match(error, /closed\/queue\.db": unable to open.* Its folder has to be there, and readable and writable/);
    assert.deepEqual(readdirSync(folder), []);
  });
});

function open(path: string) {
  return createSessionQueue({ run: () => undefined, store: sqlite(path) });
}

/** A file with an entry that waits, in a folder that whoever runs the programs may write. */
async function makeFile(): Promise<string> {
  const folder = makeFolder();
  const path = join(folder, 'queue.db');
  const queue = open(path);
  queue.pause();
  const ticket = queue.enqueue('ada', 'hello', { id: 'one' });
  await ticket.accepted;
  await queue.close({ drainMs: 0 });
  if (isRoot) for (const name of ['', 'queue.db', 'queue.db-lock']) chownSync(join(folder, name), nobody, nobody);
  return path;
}

function change(path: string, sql: string): void {
  const database = openDatabase(path);
  database.run(sql);
  database.close();
}

function assertRefused(path: string, message: RegExp): void {
  const before = readFileSync(path);
  assert.match(
    messageOf(() => open(path)),
    message,
  );
  assert.deepEqual(readFileSync(path), before, 'the file was changed');
  assert.equal(statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0, 0, 'its log was written');
}
