/** Opens a file of the store, or says why it can't be opened and what to do. It is never deleted or overwritten. */
import { existsSync, realpathSync } from 'node:fs';

import { checkPages, checkRows, damagedFile } from './check-file.ts';
import { openDatabase } from './driver.ts';
import type { Database } from './driver.ts';
import { readFacts, writeFact } from './facts.ts';
import { takeOwnership } from './owner.ts';
import { applicationId, migrate, schemaVersion } from './schema.ts';

export interface OpenFile {
  readonly path: string;
  readonly database: Database;
  /** Of all lives before this one. */
  readonly lastNumber: number;
  readonly lastEpoch: number;
  close(): void;
}

// What the log grows to before SQLite empties it: a thousand pages.
const longestLogBytes = 4_194_304;

// No life starts so many turns, and the sum of many lives stays a safe integer.
const epochsOfALife = 2 ** 32;

/** Opens the file to work on it, and owns it until it is closed. @throws Error */
export function openFile(path: string, synchronous: 'full' | 'normal'): OpenFile {
  // By whatever name it is opened, it is one file.
  const name = existsSync(path) ? realpathSync(path) : path;
  const lock = explain(path, () => takeOwnership(name));
  if (lock === undefined) throw new Error(ownedMessage(path));
  let database: Database | undefined;
  try {
    return explain(path, () => {
      // Before anything is written, so that a file that is damaged stays as it is.
      const version = existsSync(name) ? checkFile(path) : 0;
      database = openDatabase(name);
      // Waits for the disk before a commit is told, which write-ahead mode would not do by itself.
      database.run(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA trusted_schema = OFF`);
      // What one big commit has made of the log is not kept.
      database.run(`PRAGMA journal_size_limit = ${longestLogBytes}`);
      migrate(database, version);
      if (version !== schemaVersion) checkRows(database, path);
      const facts = readFacts(database, path);
      // Written at once: a file that can't be written is to be noticed before anything is taken in.
      database.run('BEGIN IMMEDIATE');
      writeFact(database, 'lastEpoch', facts.lastEpoch + epochsOfALife);
      writeFact(database, 'pid', process.pid);
      database.run('COMMIT');
      return { path, database, ...facts, close: () => closeAll(database, lock) };
    });
  } catch (error) {
    closeAll(database, lock);
    throw error;
  }
}

/** Opens the file to look at it, whoever owns it. @throws Error */
export function openToRead(path: string): Database {
  return explain(path, () => {
    const database = openDatabase(path, true);
    try {
      if (checkVersion(path, database) === schemaVersion) return database;
      throw new Error(`sqlite: ${JSON.stringify(path)} is empty or of an earlier version; open it with a queue once.`);
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** Gives the version of its format; 0 for a new file. */
function checkFile(path: string): number {
  const database = openDatabase(path, true);
  try {
    const version = checkVersion(path, database);
    if (version > 0) checkPages(database, path);
    if (version === schemaVersion) checkRows(database, path);
    return version;
  } finally {
    database.close();
  }
}

function checkVersion(path: string, database: Database): number {
  const name = JSON.stringify(path);
  const version = numberOf(database, 'user_version');
  const application = numberOf(database, 'application_id');
  const isEmpty = Number(database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.['tables']) === 0;
  if (application === 0 && version === 0 && isEmpty) return 0;
  if (application !== applicationId) {
    throw new Error(`sqlite: ${name} is a SQLite file of something else. It was left as it is; give another path.`);
  }
  if (version > schemaVersion) {
    throw new Error(
      `sqlite: ${name} has format ${version}, and this version of the library knows ${schemaVersion}. It was left as it is. Use a later one.`,
    );
  }
  if (version < 1) throw damagedFile(path, `it has format ${version}, which there never was`);
  return version;
}

function numberOf(database: Database, pragma: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);
}

function ownedMessage(path: string): string {
  let owner = 'another process';
  try {
    const database = openToRead(path);
    const { pid } = readFacts(database, path);
    owner = pid === process.pid ? `another queue of this process, ${pid}` : `the process ${pid}`;
    database.close();
  } catch {
    // Who owns it is just making it, or it can't be read: that it is owned is known all the same.
  }
  return `sqlite: ${JSON.stringify(path)} is owned by ${owner}. Let that one end, or close its queue; \`tinyclaw-queue ls --store\` may look at it meanwhile.`;
}

/** Gives SQLite's own errors the path, and what to do. */
function explain<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (text.startsWith('sqlite: ')) throw error;
    const known = waysOut.find(([pattern]) => pattern.test(text))?.[1];
    if (known === undefined && !isOfSqlite(error)) throw error;
    const wayOut = known ?? 'It may be damaged, or of a later SQLite: restore a back-up.';
    throw new Error(`sqlite: ${JSON.stringify(path)}: ${text}. The file was left as it is. ${wayOut}`, {
      cause: error,
    });
  }
}

// Node and Deno give their errors SQLite's number, Bun a name.
function isOfSqlite(error: unknown): boolean {
  return error instanceof Error && ('errcode' in error || error.name === 'SQLiteError');
}

const waysOut: readonly (readonly [RegExp, string])[] = [
  [/not a database/, 'It is damaged, or no SQLite file: restore a back-up, or give another path.'],
  // A number that none of ours is.
  [
    /malformed|corrupt|too large/,
    'It is damaged: restore a back-up, or save what can be read with `sqlite3 FILE .recover`.',
  ],
  [/unable to open/, 'Its folder has to be there, and readable and writable for this process.'],
  [/readonly/, 'The file and its folder have to be writable for this process.'],
  [/full/, 'The disk is full: make room.'],
  [/disk I\/O/, 'The disk failed: look at its health before anything else.'],
];

function closeAll(...databases: readonly (Database | undefined)[]): void {
  for (const database of databases) database?.close();
}
