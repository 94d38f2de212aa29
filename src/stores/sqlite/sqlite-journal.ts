/** A journal in a SQLite file. */
import type { Clock } from '../../core/clock.ts';
import { NotCommitted } from '../journal.ts';
import type { Ended, Journal, Line, StoredDeadLetter, StoredEntry } from '../journal.ts';
import { hasNotWritten } from './driver.ts';
import type { Database } from './driver.ts';
import { openFile } from './open-file.ts';
import type { OpenFile } from './open-file.ts';
import { numberOfId, readDeadLetter, readEnded, readEntry, toText } from './rows.ts';
import { Writer } from './writer.ts';

export interface JournalOptions {
  readonly synchronous: 'full' | 'normal';
  readonly rememberMs: number | undefined;
  readonly rememberMax: number | undefined;
}

/** @throws Error that says why the file can't be opened, and the way out */
export function openJournal(path: string, options: JournalOptions, clock: Clock): Journal {
  return new SqliteJournal(openFile(path, options.synchronous), options, clock);
}

class SqliteJournal implements Journal {
  readonly name: string;
  readonly isSlow = true;
  readonly lastNumber: number;
  readonly lastEpoch: number;
  readonly #file: OpenFile;
  readonly #database: Database;
  readonly #writer: Writer;
  readonly #clock: Clock;
  readonly #rememberMs: number;
  readonly #rememberMax: number;
  /** The last commit has failed. */
  #hasFailed = false;
  readonly #findEnded;
  readonly #findEndedNumber;
  readonly #findDead;
  readonly #findDeadNumber;

  constructor(file: OpenFile, { rememberMs = 300_000, rememberMax = 10_000 }: JournalOptions, clock: Clock) {
    const { database } = file;
    this.name = `sqlite(${JSON.stringify(file.path)})`;
    this.#file = file;
    this.#database = database;
    this.#writer = new Writer(database, file.path);
    this.#clock = clock;
    this.#rememberMs = rememberMs;
    this.#rememberMax = rememberMax;
    this.lastNumber = file.lastNumber;
    this.lastEpoch = file.lastEpoch;
    // The last one of that name: an id may come again when it is no longer remembered.
    this.#findEnded = database.prepare('SELECT * FROM ended WHERE id = ? AND key = ? ORDER BY position DESC LIMIT 1');
    this.#findEndedNumber = database.prepare('SELECT * FROM ended WHERE number = ? ORDER BY position DESC LIMIT 1');
    this.#findDead = database.prepare(
      'SELECT * FROM deadLetters WHERE key = ? AND id = ? ORDER BY number DESC LIMIT 1',
    );
    this.#findDeadNumber = database.prepare('SELECT * FROM deadLetters WHERE number = ?');
  }

  *load(): Iterable<StoredEntry> {
    for (const row of this.#database.prepare('SELECT * FROM entries ORDER BY place').iterate()) yield readEntry(row);
  }

  commit(lines: readonly Line[]): void {
    let isCertain = true;
    if (this.#hasFailed) this.#tidy();
    try {
      this.#writer.write(lines, this.#clock.wall() - this.#rememberMs, this.#rememberMax);
      isCertain = false;
      this.#writer.commit();
      this.#hasFailed = false;
    } catch (error) {
      // A commit that fails is undone, unless the disk took it and failed to say so.
      this.#hasFailed = true;
      isCertain = this.#writer.rollBack() && (isCertain || hasNotWritten(error));
      throw new NotCommitted(error instanceof Error ? error.message : String(error), isCertain, { cause: error });
    }
  }

  findEnded(key: string, id: string): Ended | undefined {
    const number = numberOfId(id);
    const keyText = toText(key);
    const dead = number === undefined ? this.#findDead.get(keyText, toText(id)) : this.#findDeadNumber.get(number);
    if (dead !== undefined && dead['key'] === keyText) {
      const { error, failedMs } = readDeadLetter(dead, this.#file.path);
      return { ending: { type: 'failed', error }, endedMs: failedMs };
    }
    const row = number === undefined ? this.#findEnded.get(toText(id), keyText) : this.#findEndedNumber.get(number);
    if (row === undefined || row['key'] !== keyText) return undefined;
    const ended = readEnded(row, this.#file.path);
    return ended.endedMs + this.#rememberMs > this.#clock.wall() ? ended : undefined;
  }

  deadLetters(key: string | undefined): readonly StoredDeadLetter[] {
    const all = 'SELECT * FROM deadLetters';
    const rows =
      key === undefined
        ? this.#database.prepare(`${all} ORDER BY number`).all()
        : this.#database.prepare(`${all} WHERE key = ? ORDER BY number`).all(toText(key));
    return rows.map((row) => readDeadLetter(row, this.#file.path));
  }

  close(): void {
    this.#file.close();
  }

  /** On a disk that was full, what room there is would be used up by the log before it is ever emptied. */
  #tidy(): void {
    try {
      this.#database.run('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // There is no room for that yet; the commit tells what it fails of.
    }
  }
}
