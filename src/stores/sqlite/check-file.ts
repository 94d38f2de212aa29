/** Whether a file is as it was written: SQLite's own check, the tables, and the checksum of every row. */
import { openDatabase } from './driver.ts';
import type { Database } from './driver.ts';
import { readFacts } from './facts.ts';
import { checkDeadLetter, checkEnd, checkEntry } from './rows.ts';
import { migrate } from './schema.ts';

/** The pages, and that indexes have what their tables have. @throws Error */
export function checkPages(database: Database, path: string): void {
  const found = database.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check'];
  if (found !== 'ok') throw damagedFile(path, String(found).replace(heading, ''));
}

// Of SQLite's, above what it has found.
const heading = /^\*\*\* in database main \*\*\*\n/;

/** Of a file of this version. @throws Error that names the row */
export function checkRows(database: Database, path: string): void {
  checkTables(database, path);
  readFacts(database, path);
  for (const table of ['entries', 'ended', 'deadLetters'] as const) {
    const check = checks[table];
    for (const row of database.prepare(`SELECT * FROM ${table}`).iterate()) check(row, path);
  }
}

/** Of a file of this version. @throws Error */
function checkTables(database: Database, path: string): void {
  if (tablesOf(database) !== expectedTables()) throw damagedFile(path, 'its tables are not those that were made');
}

const checks = { entries: checkEntry, ended: checkEnd, deadLetters: checkDeadLetter } as const;

export function damagedFile(path: string, what: string): Error {
  return new Error(
    `sqlite: ${JSON.stringify(path)} is damaged: ${what}. The file was left as it is. ` +
      'Restore a back-up, or save what can be read with `sqlite3 FILE .recover`.',
  );
}

function expectedTables(): string {
  const database = openDatabase(':memory:');
  migrate(database, 0);
  const tables = tablesOf(database);
  database.close();
  return tables;
}

function tablesOf(database: Database): string {
  return JSON.stringify(database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name').all());
}
