/** Writes lines of the journal into the tables. */
import type { Line, StoredEntry } from '../journal.ts';
import type { Database, Row } from './driver.ts';
import { writeFact } from './facts.ts';
import { deadLetterRow, endRow, entryColumns, entryRow, readEntry, readState, stateChecksumOf } from './rows.ts';
import type { State } from './rows.ts';

export class Writer {
  readonly #path: string;
  readonly #database: Database;
  readonly #statements;
  /** Entries that this commit appends. What arrives and ends in the same commit is never a row of theirs. */
  readonly #fresh: Map<number, Fresh> = new Map();
  /** What this commit changes of others. Of what ends in it, nothing has to be changed. */
  readonly #changes: Map<number, Partial<State>> = new Map();
  /** The file knows that numbers up to here may have been used. */
  #reserved = 0;
  // The last life may have left many.
  #endsSince = endsBetween;

  constructor(database: Database, path: string) {
    this.#path = path;
    this.#database = database;
    this.#statements = prepareAll(database);
  }

  /** In a transaction that `commit` ends, or `rollBack`. */
  write(lines: readonly Line[], forgetUntilMs: number, mostEnds: number): void {
    this.#statements.begin.run();
    for (const line of lines) this.#write(line);
    for (const [number, { entry, attempt }] of this.#fresh) this.#append(number, entry, attempt);
    for (const [number, change] of this.#changes) this.#change(number, change);
    this.#fresh.clear();
    this.#changes.clear();
    this.#forget(forgetUntilMs, mostEnds);
  }

  commit(): void {
    this.#statements.commit.run();
  }

  /** Says whether nothing of the transaction is left. */
  rollBack(): boolean {
    this.#fresh.clear();
    this.#changes.clear();
    // What was written of it may be undone.
    this.#reserved = 0;
    try {
      this.#statements.rollBack.run();
      return true;
    } catch (error) {
      // There was none to be undone: it never began, or SQLite undid it itself.
      return error instanceof Error && /no transaction/.test(error.message);
    }
  }

  #write(line: Line): void {
    const { number } = line;
    const fresh = this.#fresh.get(number);
    switch (line.type) {
      case 'append':
        this.#fresh.set(number, { entry: line.entry, attempt: line.entry.attempt });
        this.#reserve(number);
        return;
      case 'start':
        if (fresh === undefined) this.#willChange(number, { attempt: line.attempt });
        else fresh.attempt = line.attempt;
        return;
      case 'again':
        this.#willChange(number, { failures: line.failures });
        return;
      case 'due':
        this.#willChange(number, { place: line.place, dueMs: null });
        this.#reserve(line.place);
        return;
      case 'end':
        this.#endsSince += 1;
        this.#statements.end.run(...endRow(line.entry, line.ending, line.endedMs));
        this.#remove(number);
        return;
      case 'forget':
        this.#remove(number);
        return;
      case 'bury': {
        const row = this.#row(number);
        if (row === undefined) return;
        this.#statements.bury.run(...deadLetterRow(row, this.#path, line.error, line.failedMs));
        this.#remove(number);
        return;
      }
      case 'revive':
        this.#revive(number);
        return;
      case 'discard':
        this.#statements.discard.run(number);
        return;
      default:
        line satisfies never;
    }
  }

  #append(number: number, entry: StoredEntry, attempt: number): void {
    const { dueMs = null, failures } = entry;
    this.#statements.append.run(...entryRow(entry, { place: number, dueMs, attempt, failures }));
  }

  #willChange(number: number, change: Partial<State>): void {
    // Its row has to be there first.
    if (this.#fresh.has(number)) this.#flush(number);
    this.#changes.set(number, { ...this.#changes.get(number), ...change });
  }

  #change(number: number, change: Partial<State>): void {
    const row = this.#statements.findState.get(number);
    if (row === undefined) return;
    const state = { ...readState(row, this.#path), ...change };
    const { place, dueMs, attempt, failures } = state;
    this.#statements.change.run(place, dueMs, attempt, failures, stateChecksumOf(number, state), number);
  }

  #remove(number: number): void {
    this.#changes.delete(number);
    if (!this.#fresh.delete(number)) this.#statements.remove.run(number);
  }

  #revive(number: number): void {
    const row = this.#statements.findDead.get(number);
    if (row === undefined) return;
    const letter = readEntry(row);
    const { attempt, dueMs = null } = letter;
    const state = { place: Number(row['place']), dueMs, attempt, failures: 0 };
    this.#statements.append.run(...entryRow(letter, state));
    this.#statements.discard.run(number);
  }

  /** The row of an entry, with what this commit makes of it. */
  #row(number: number): Row | undefined {
    this.#flush(number);
    return this.#statements.find.get(number);
  }

  #flush(number: number): void {
    const fresh = this.#fresh.get(number);
    if (fresh !== undefined) this.#append(number, fresh.entry, fresh.attempt);
    this.#fresh.delete(number);
    const change = this.#changes.get(number);
    if (change !== undefined) this.#change(number, change);
    this.#changes.delete(number);
  }

  /** Many at once: noting every number would have each commit write one page more. */
  #reserve(number: number): void {
    if (number <= this.#reserved) return;
    this.#reserved = number + numbersAtOnce;
    writeFact(this.#database, 'lastNumber', this.#reserved);
  }

  /** Takes out ends that are known too long, or are too many. Now and then, and not all at once: it costs. */
  #forget(untilMs: number, most: number): void {
    if (this.#endsSince < endsBetween) return;
    this.#endsSince = 0;
    const { lastPosition } = this.#statements.lastEnd.get() ?? {};
    this.#statements.forgetEnds.run(finite(untilMs), finite(Number(lastPosition) - most));
  }
}

interface Fresh {
  readonly entry: StoredEntry;
  attempt: number;
}

const numbersAtOnce = 1000;
const endsBetween = 256;

// Infinity is no number of SQLite's.
function finite(value: number): number {
  return Math.max(value, Number.MIN_SAFE_INTEGER);
}

function prepareAll(database: Database) {
  const columns = entryColumns.join(', ');
  const marks = entryColumns.map(() => '?').join(', ');
  return {
    begin: database.prepare('BEGIN IMMEDIATE'),
    commit: database.prepare('COMMIT'),
    rollBack: database.prepare('ROLLBACK'),
    append: database.prepare(`INSERT INTO entries (${columns}, checksum, stateChecksum) VALUES (${marks}, ?, ?)`),
    find: database.prepare('SELECT * FROM entries WHERE number = ?'),
    // Without its message, which may be long.
    findState: database.prepare(
      'SELECT number, place, dueMs, attempt, failures, stateChecksum FROM entries WHERE number = ?',
    ),
    change: database.prepare(
      'UPDATE entries SET place = ?, dueMs = ?, attempt = ?, failures = ?, stateChecksum = ? WHERE number = ?',
    ),
    remove: database.prepare('DELETE FROM entries WHERE number = ?'),
    end: database.prepare('INSERT INTO ended (number, key, id, ending, endedMs, checksum) VALUES (?, ?, ?, ?, ?, ?)'),
    lastEnd: database.prepare('SELECT coalesce(max(position), 0) AS lastPosition FROM ended'),
    // The oldest of them, so that however many have to go, a commit stays short.
    forgetEnds: database.prepare(`
      DELETE FROM ended WHERE position IN (SELECT position FROM ended ORDER BY position LIMIT ${4 * endsBetween})
        AND (endedMs <= ? OR position <= ?)`),
    bury: database.prepare(
      `INSERT INTO deadLetters (${columns}, error, failedMs, checksum) VALUES (${marks}, ?, ?, ?)`,
    ),
    findDead: database.prepare('SELECT * FROM deadLetters WHERE number = ?'),
    discard: database.prepare('DELETE FROM deadLetters WHERE number = ?'),
  } as const;
}
