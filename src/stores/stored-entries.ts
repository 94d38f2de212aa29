/** The live entries of a queue with a store, by their ids, and the way into its journal. */
import type { Clock } from '../core/clock.ts';
import { nameOf } from '../core/known-ids.ts';
import { QueueError, quoteKey } from '../core/queue-error.ts';
import type { StoredError } from '../core/store.ts';
import type { DurableEntry } from './durable-entry.ts';
import type { EndingEntries } from './endings.ts';
import { GroupCommit } from './group-commit.ts';
import type { Ended, Ending, Journal, Line, NotCommitted, StoredEntry } from './journal.ts';
import type { Payloads } from './payload.ts';

export class StoredEntries implements EndingEntries {
  readonly journal: Journal;
  readonly payloads: Payloads;
  readonly commits: GroupCommit;
  readonly #clock: Clock;
  readonly #rememberMs: number;
  readonly #live: Map<string, DurableEntry> = new Map();
  readonly #unwritten: Map<number, DurableEntry> = new Map();
  /** How entries have ended whose end is not committed, by their names. */
  readonly #ending: Map<string, Ended> = new Map();
  readonly #onRefused: (entry: DurableEntry, error: QueueError) => void;

  /** @param onRefused is told of entries that could not be stored */
  constructor(
    journal: Journal,
    payloads: Payloads,
    clock: Clock,
    rememberMs: number | undefined,
    onRefused: (entry: DurableEntry, error: QueueError) => void,
  ) {
    this.journal = journal;
    this.#rememberMs = rememberMs ?? 300_000;
    this.payloads = payloads;
    this.#clock = clock;
    this.#onRefused = onRefused;
    this.commits = new GroupCommit(
      journal,
      clock,
      () => {
        this.#unwritten.clear();
        this.#ending.clear();
      },
      (numbers, error) => this.#refuse(numbers, error),
    );
  }

  /** @throws Error that names the entry whose message can't be read */
  decodeMessage({ key, id, message }: StoredEntry): unknown {
    try {
      return this.payloads.decodeMessage(message);
    } catch (cause) {
      const what = `the message of the entry ${quoteKey(id)} in session ${quoteKey(key)} can't be read`;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${this.journal.name}: ${what}: ${why}. Use the codec that it was written with.`, { cause });
    }
  }

  /** The entry with this id that waits or runs. */
  find(key: string, id: string): DurableEntry | undefined {
    return this.#live.get(nameOf(key, id));
  }

  /** How the entry with this id has ended, if that is known. */
  findEnded(key: string, id: string): Ended | undefined {
    const ended = this.#ending.get(nameOf(key, id));
    if (ended === undefined) return this.journal.findEnded(key, id);
    return ended.endedMs + this.#rememberMs > this.#clock.wall() ? ended : undefined;
  }

  /** An entry is there: a new one, or the next attempt of one, which takes its place. */
  keep(entry: DurableEntry): void {
    this.#live.set(nameOf(entry.session.key, entry.id), entry);
    if (this.#unwritten.has(entry.number)) this.#unwritten.set(entry.number, entry);
  }

  append(entry: DurableEntry): void {
    const { number, stored } = entry;
    this.keep(entry);
    this.#unwritten.set(number, entry);
    this.commits.write({ type: 'append', number, entry: stored });
  }

  /** What is told of an entry whose end could not be written before the queue was closed. */
  lossOf({ id }: DurableEntry): QueueError | undefined {
    if (!this.commits.isLost) return undefined;
    const message = `The end of the entry ${quoteKey(id)} could not be written to ${this.journal.name} before the queue was closed.`;
    return new QueueError('maybe-stored', `${message} It may run again in the next life.`);
  }

  /** Resolves when the entry is stored; rejects when it could not be. */
  async whenStored(entry: DurableEntry): Promise<void> {
    if (this.#unwritten.has(entry.number)) await this.commits.tried();
    if (entry.refusal !== undefined) throw entry.refusal;
  }

  write(_entry: DurableEntry, line: Line): void {
    this.commits.write(line);
  }

  committed(): Promise<void> {
    return this.commits.committed();
  }

  leave(entry: DurableEntry): void {
    this.#live.delete(nameOf(entry.session.key, entry.id));
  }

  end(entry: DurableEntry, ending: Ending): void {
    const { number, stored } = entry;
    const endedMs = this.#clock.wall();
    this.#noteEnding(entry, { ending, endedMs });
    this.commits.write({ type: 'end', number, entry: stored, ending, endedMs });
  }

  bury(entry: DurableEntry, error: StoredError): void {
    const failedMs = this.#clock.wall();
    this.#noteEnding(entry, { ending: { type: 'failed', error }, endedMs: failedMs });
    this.commits.write({ type: 'bury', number: entry.number, error, failedMs });
  }

  // Until it is committed, the journal knows nothing of it.
  #noteEnding(entry: DurableEntry, ended: Ended): void {
    entry.hasEnded = true;
    this.#ending.set(nameOf(entry.session.key, entry.id), ended);
  }

  #refuse(numbers: ReadonlySet<number>, cause: NotCommitted): void {
    for (const number of numbers) {
      const entry = this.#unwritten.get(number);
      if (entry === undefined) continue;
      const what = cause.isCertain ? 'it was not stored' : 'nobody knows whether it was stored';
      const wayOut = 'Enqueue it again with the same id when the store works again.';
      const message = `Session ${quoteKey(entry.session.key)}: ${this.journal.name} failed, and ${what}. ${wayOut}`;
      entry.refusal = new QueueError(cause.isCertain ? 'not-stored' : 'maybe-stored', message, { cause });
      this.#onRefused(entry, entry.refusal);
    }
    this.#unwritten.clear();
  }
}
