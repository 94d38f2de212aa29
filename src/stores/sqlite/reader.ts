/** Looks into a file of the store, whoever owns it, and changes nothing in it. */
import type { StoredDeadLetter, StoredEntry } from '../journal.ts';
import type { SessionRow, StoreReader } from '../reader.ts';
import type { Database } from './driver.ts';
import { openToRead } from './open-file.ts';
import { checkEntry, readDeadLetter, readEntry, toText } from './rows.ts';

export interface Totals {
  readonly waiting: number;
  readonly oldestMs: number | undefined;
  readonly delayed: number;
  readonly deadLetters: number;
  /** Of how many entries it is known how they ended. */
  readonly ended: number;
}

export class Reader implements StoreReader {
  readonly #path: string;
  readonly #database: Database;

  /** @throws Error that says why the file can't be read, and the way out */
  constructor(path: string) {
    this.#path = path;
    this.#database = openToRead(path);
    // All that is read is of one moment.
    this.#database.run('BEGIN');
  }

  *sessions(): Iterable<SessionRow> {
    for (const row of this.#database.prepare(sessions).iterate()) {
      const { key, oldestMs, nextMs } = row;
      yield {
        key: parseText(key),
        waiting: Number(row['waiting']),
        oldestMs: orUndefined(oldestMs),
        delayed: Number(row['delayed']),
        nextMs: orUndefined(nextMs),
        deadLetters: Number(row['deadLetters']),
      };
    }
  }

  *entries(key: string): Iterable<StoredEntry> {
    const rows = this.#database.prepare('SELECT * FROM entries WHERE key = ? ORDER BY dueMs IS NOT NULL, dueMs, place');
    for (const row of rows.iterate(toText(key))) {
      checkEntry(row, this.#path);
      yield readEntry(row);
    }
  }

  *deadLetters(key: string): Iterable<StoredDeadLetter> {
    const rows = this.#database.prepare('SELECT * FROM deadLetters WHERE key = ? ORDER BY number');
    for (const row of rows.iterate(toText(key))) yield readDeadLetter(row, this.#path);
  }

  /** The names of all entries that the file knows, and which of them have not ended. */
  *names(): Iterable<{ readonly key: string; readonly id: string; readonly hasEnded: boolean }> {
    for (const { number, key, id, hasEnded } of this.#database.prepare(names).iterate()) {
      // The queue itself has given the id where there is none.
      yield { key: parseText(key), id: id === null ? `#${Number(number)}` : parseText(id), hasEnded: hasEnded === 1 };
    }
  }

  totals(): Totals {
    const row = this.#database.prepare(totals).get() ?? {};
    const { waiting, oldestMs, delayed, deadLetters, ended } = row;
    return {
      waiting: Number(waiting),
      oldestMs: orUndefined(oldestMs),
      delayed: Number(delayed),
      deadLetters: Number(deadLetters),
      ended: Number(ended),
    };
  }

  close(): void {
    this.#database.close();
  }
}

const sessions = `
  SELECT key, sum(waiting) AS waiting, min(oldestMs) AS oldestMs, sum(delayed) AS delayed, min(nextMs) AS nextMs,
    sum(deadLetters) AS deadLetters
  FROM (
    SELECT key, count(*) - count(dueMs) AS waiting, min(CASE WHEN dueMs IS NULL THEN enqueuedMs END) AS oldestMs,
      count(dueMs) AS delayed, min(dueMs) AS nextMs, 0 AS deadLetters
    FROM entries GROUP BY key
    UNION ALL
    SELECT key, 0, NULL, 0, NULL, count(*) FROM deadLetters GROUP BY key
  )
  GROUP BY key ORDER BY oldestMs IS NULL, oldestMs, nextMs IS NULL, nextMs, key`;

const names = `
  SELECT number, key, id, 0 AS hasEnded FROM entries
  UNION ALL SELECT number, key, id, 1 FROM deadLetters
  UNION ALL SELECT number, key, id, 1 FROM ended`;

const totals = `
  SELECT count(*) - count(dueMs) AS waiting, min(CASE WHEN dueMs IS NULL THEN enqueuedMs END) AS oldestMs,
    count(dueMs) AS delayed, (SELECT count(*) FROM deadLetters) AS deadLetters, (SELECT count(*) FROM ended) AS ended
  FROM entries`;

// Written by toText: what a damaged file makes of it fails here, or shows in the checksum.
function parseText(text: unknown): string {
  return String(JSON.parse(String(text)));
}

function orUndefined(value: unknown): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}
