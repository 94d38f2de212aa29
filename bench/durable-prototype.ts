/** What a program does that has no library: one transaction for each operation, waited for before the next. */
import { DatabaseSync } from 'node:sqlite';

/** Runs a task of one session, durably: inserts the message, calls the handler, replaces it by its result. */
export class OneTransactionEach {
  readonly #database: DatabaseSync;
  readonly #statements;
  #lastNumber = 0;

  constructor(path: string) {
    const database = new DatabaseSync(path);
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      CREATE TABLE entries (number INTEGER PRIMARY KEY, key TEXT NOT NULL, message TEXT NOT NULL) STRICT;
      CREATE TABLE ended (number INTEGER PRIMARY KEY, key TEXT NOT NULL, result TEXT NOT NULL) STRICT`);
    this.#database = database;
    this.#statements = {
      insert: database.prepare('INSERT INTO entries VALUES (?, ?, ?)'),
      remove: database.prepare('DELETE FROM entries WHERE number = ?'),
      end: database.prepare('INSERT INTO ended VALUES (?, ?, ?)'),
    };
  }

  async run(key: string, message: unknown, handler: (message: unknown) => Promise<unknown>): Promise<unknown> {
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    this.#database.exec('BEGIN IMMEDIATE');
    this.#statements.insert.run(number, key, JSON.stringify(message));
    this.#database.exec('COMMIT');
    const result = await handler(message);
    this.#database.exec('BEGIN IMMEDIATE');
    this.#statements.remove.run(number);
    this.#statements.end.run(number, key, JSON.stringify(result));
    this.#database.exec('COMMIT');
    return result;
  }

  close(): void {
    this.#database.close();
  }
}
