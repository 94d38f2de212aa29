/** Looks for everything that may be wrong with a file of the store, and changes nothing in it. */
import { existsSync, realpathSync, statSync } from 'node:fs';

import { checkRows } from './check-file.ts';
import { openDatabase } from './driver.ts';
import type { Database, Row } from './driver.ts';
import { readFacts } from './facts.ts';
import { openToRead } from './open-file.ts';
import { checkDeadLetter, checkEnd, checkEntry } from './rows.ts';

export interface Examination {
  /** Of the file's format. */
  readonly version: number;
  readonly fileBytes: number;
  /** Of the write-ahead log, which is folded into the file now and then. */
  readonly logBytes: number;
  /** Whether a process owns the file, and which one has opened it last. */
  readonly isOwned: boolean;
  readonly lastPid: number | undefined;
  /** Rows that were looked at. */
  readonly rows: number;
  /** What is wrong, and what to do about it. */
  readonly problems: readonly string[];
  /** There are more than {@link mostProblems}. */
  readonly hasMoreProblems: boolean;
}

const mostProblems = 20;

/** @throws Error when the file can't be opened, which says why, and the way out */
export function examineFile(path: string): Examination {
  const database = openToRead(path);
  try {
    database.run('BEGIN');
    const problems = new Problems();
    const pages = database.prepare(`PRAGMA integrity_check(${mostProblems})`).all();
    for (const page of pages) {
      const found = String(page['integrity_check']);
      if (found !== 'ok') problems.add(`SQLite's own check: ${found}. ${wayOut}`);
    }
    const rows = examineRows(database, path, problems);
    // What is said of a row is said already.
    if (problems.list.length === 0) problems.try(() => checkRows(database, path));
    return {
      version: Number(database.prepare('PRAGMA user_version').get()?.['user_version']),
      fileBytes: statSync(path).size,
      logBytes: sizeOf(`${realpathSync(path)}-wal`),
      isOwned: isOwned(path),
      lastPid: problems.try(() => readFacts(database, path).pid),
      rows,
      problems: problems.list,
      hasMoreProblems: problems.hasMore,
    };
  } finally {
    database.close();
  }
}

function examineRows(database: Database, path: string, problems: Problems): number {
  let rows = 0;
  const checks: readonly (readonly [table: string, check: (row: Row, path: string) => void])[] = [
    ['entries', checkEntry],
    ['ended', checkEnd],
    ['deadLetters', checkDeadLetter],
  ];
  for (const [table, check] of checks) {
    problems.try(() => {
      for (const row of database.prepare(`SELECT * FROM ${table}`).iterate()) {
        rows += 1;
        problems.try(() => check(row, path));
      }
    });
  }
  return rows;
}

const wayOut = 'Restore a back-up, or save what can be read with `sqlite3 FILE .recover`.';

class Problems {
  readonly list: string[] = [];
  hasMore = false;

  add(problem: string): void {
    if (this.list.includes(problem)) return;
    if (this.list.length < mostProblems) this.list.push(problem);
    else this.hasMore = true;
  }

  try<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch (error) {
      this.add(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** The owner's lock keeps readers out. It is looked at for a moment, and not taken. */
function isOwned(path: string): boolean {
  const lockPath = `${realpathSync(path)}-lock`;
  if (!existsSync(lockPath)) return false;
  const lock = openDatabase(lockPath, true);
  try {
    lock.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (error) {
    // Where an owner was killed, another error says that there is something to tidy up, which the next one does.
    return error instanceof Error && /locked|busy/i.test(error.message);
  } finally {
    lock.close();
  }
}
