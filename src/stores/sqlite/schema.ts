/** The tables of the file, and how a file of an earlier version becomes one of this. */
import type { Database } from './driver.ts';
import { checksumOf } from './rows.ts';

/** Of the file's format; a file says which it has in its user_version. */
export const schemaVersion = 1;

/** Marks the file as one of ours: 'tcq1'. */
export const applicationId = 0x74637131;

// An id is NULL where the queue has given it, since that follows from the number: so it needs no place in an index, and what
// ends in one commit is at the end of its table and of one index, however many sessions it belongs to.
const entryColumns = `
    number INTEGER PRIMARY KEY,
    place INTEGER NOT NULL,
    dueMs INTEGER,
    attempt INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    enqueuedMs INTEGER NOT NULL,
    key TEXT NOT NULL,
    id TEXT,
    options TEXT NOT NULL`;

// The message comes last: SQLite writes a row of the same length only where it differs, so that the start of a turn doesn't
// write a message of megabytes once more.

/** One step for each version, from the one before. None is ever changed once it was released. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE entries (${entryColumns},
    checksum INTEGER NOT NULL,
    stateChecksum INTEGER NOT NULL,
    message TEXT NOT NULL
  ) STRICT;
  CREATE TABLE ended (
    position INTEGER PRIMARY KEY,
    number INTEGER NOT NULL,
    key TEXT NOT NULL,
    id TEXT,
    ending TEXT NOT NULL,
    endedMs INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX ended_number ON ended (number);
  CREATE INDEX ended_name ON ended (id, key) WHERE id IS NOT NULL;
  CREATE TABLE deadLetters (${entryColumns},
    failedMs INTEGER NOT NULL,
    error TEXT NOT NULL,
    checksum INTEGER NOT NULL,
    message TEXT NOT NULL
  ) STRICT;
  CREATE INDEX deadLetters_name ON deadLetters (key, id);
  CREATE TABLE facts (name TEXT PRIMARY KEY, value INTEGER NOT NULL, checksum INTEGER NOT NULL) STRICT;
  INSERT INTO facts VALUES ${['lastNumber', 'lastEpoch', 'pid'].map((name) => `('${name}', 0, ${checksumOf(name, 0)})`).join()};
  `,
];

/** Brings the file to this version, one transaction for each step. A crash between two is no harm. */
export function migrate(database: Database, version: number): void {
  for (const [index, step] of migrations.entries()) {
    if (index < version) continue;
    database.run(
      `BEGIN; ${step}; PRAGMA user_version = ${index + 1}; PRAGMA application_id = ${applicationId}; COMMIT`,
    );
  }
}
