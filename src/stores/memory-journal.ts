/** A journal in memory: what is written to it is there for as long as the process. */
import type { Clock } from '../core/clock.ts';
import { nameOf } from '../core/known-ids.ts';
import type { Ended, Journal, Line, StoredDeadLetter, StoredEntry } from './journal.ts';

/** What outlives a queue. */
export class MemoryContents {
  readonly entries: Map<number, StoredEntry> = new Map();
  readonly deadLetters: Map<number, StoredDeadLetter> = new Map();
  /** By their names, in the order of their ends. */
  readonly ended: Map<string, Ended> = new Map();
  /** Those that have given up their first place. */
  readonly places: Map<number, number> = new Map();
  lastNumber = 0;
  lastEpoch = 0;
  isOpen = false;
}

export class MemoryJournal implements Journal {
  readonly name = 'memory';
  readonly isSlow = false;
  readonly lastNumber: number;
  readonly lastEpoch: number;
  readonly #contents: MemoryContents;
  readonly #clock: Clock;
  readonly #rememberMs: number;
  readonly #rememberMax: number;

  constructor(contents: MemoryContents, clock: Clock, rememberMs = 300_000, rememberMax = 10_000) {
    if (contents.isOpen) {
      throw new Error('This memory() is in use by another queue; close that first, or make another one.');
    }
    contents.isOpen = true;
    this.#contents = contents;
    this.#clock = clock;
    this.#rememberMs = rememberMs;
    this.#rememberMax = rememberMax;
    this.lastNumber = contents.lastNumber;
    this.lastEpoch = contents.lastEpoch;
  }

  load(): Iterable<StoredEntry> {
    const { entries, places } = this.#contents;
    const placeOf = ({ number }: StoredEntry): number => places.get(number) ?? number;
    return [...entries.values()].toSorted((one, other) => placeOf(one) - placeOf(other));
  }

  commit(lines: readonly Line[]): void {
    for (const line of lines) this.#write(line);
  }

  findEnded(key: string, id: string): Ended | undefined {
    const ended = this.#contents.ended.get(nameOf(key, id));
    if (ended !== undefined && ended.endedMs + this.#rememberMs > this.#clock.wall()) return ended;
    const dead = this.deadLetters(key).find((letter) => letter.id === id);
    return dead === undefined ? undefined : { ending: { type: 'failed', error: dead.error }, endedMs: dead.failedMs };
  }

  deadLetters(key: string | undefined): readonly StoredDeadLetter[] {
    const letters = [...this.#contents.deadLetters.values()].filter(
      (letter) => key === undefined || letter.key === key,
    );
    return letters.toSorted((one, other) => one.number - other.number);
  }

  close(): void {
    this.#contents.isOpen = false;
  }

  #write(line: Line): void {
    const { entries, deadLetters, places } = this.#contents;
    const { number } = line;
    const entry = entries.get(number);
    switch (line.type) {
      case 'append':
        entries.set(number, line.entry);
        this.#contents.lastNumber = Math.max(this.#contents.lastNumber, number);
        return;
      case 'start':
        this.#contents.lastEpoch += 1;
        if (entry !== undefined) entries.set(number, { ...entry, attempt: line.attempt });
        return;
      case 'again':
        if (entry !== undefined) entries.set(number, { ...entry, failures: line.failures });
        return;
      case 'due':
        this.#contents.lastNumber = Math.max(this.#contents.lastNumber, line.place);
        places.set(number, line.place);
        if (entry !== undefined) entries.set(number, { ...entry, dueMs: undefined });
        return;
      case 'end':
        if (entry !== undefined) this.#remember(entry, { ending: line.ending, endedMs: line.endedMs });
        return;
      case 'forget':
        entries.delete(number);
        places.delete(number);
        return;
      case 'bury':
        if (entry !== undefined) deadLetters.set(number, { ...entry, error: line.error, failedMs: line.failedMs });
        entries.delete(number);
        return;
      case 'revive': {
        const letter = deadLetters.get(number);
        if (letter !== undefined) entries.set(number, { ...letter, failures: 0 });
        deadLetters.delete(number);
        return;
      }
      case 'discard':
        deadLetters.delete(number);
        places.delete(number);
        return;
      default:
        line satisfies never;
    }
  }

  #remember({ number, key, id }: StoredEntry, ended: Ended): void {
    const { entries, places, ended: all } = this.#contents;
    entries.delete(number);
    places.delete(number);
    all.set(nameOf(key, id), ended);
    for (const [name, { endedMs }] of all) {
      if (all.size <= this.#rememberMax && endedMs + this.#rememberMs > ended.endedMs) return;
      all.delete(name);
    }
  }
}
