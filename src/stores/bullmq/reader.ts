/** Looks into a queue in Redis, whoever runs it meanwhile, and changes nothing in it. What it reads is not all of one moment. */
import type { StoredDeadLetter, StoredEntry } from '../journal.ts';
import type { SessionRow, StoreReader } from '../reader.ts';
import { listDead } from './lua-controls.ts';
import { lookAtEntries, lookAtSessions, lookForKeys } from './lua-looks.ts';
import { LookConnection } from './look-connection.ts';
import type { QueueAddress } from './look-connection.ts';
import { asList, readDead, readEntries, readText, storedEntry } from './records.ts';

const mostSessionsAtOnce = 50;
const mostEntriesAtOnce = 100;
const mostBytesAtOnce = 4_000_000;

/** Of a longer line, so many entries are looked at for the oldest: only a priority can put it behind those. */
const mostForOldest = 100;

export interface LookedSession extends SessionRow {
  /** Whether it has work, and no job that brings it to a process. */
  readonly isIdle: boolean;
}

export class RedisReader implements StoreReader {
  readonly #connection: LookConnection;

  /** @throws Error that says why Redis can't be read, or that the queue isn't there */
  static async open(address: QueueAddress): Promise<RedisReader> {
    const connection = await LookConnection.open(address);
    try {
      await connection.requireQueue();
    } catch (error) {
      connection.close();
      throw error;
    }
    return new RedisReader(connection);
  }

  constructor(connection: LookConnection) {
    this.#connection = connection;
  }

  async *sessions(): AsyncIterable<LookedSession> {
    const texts = [...(await this.#keys())];
    const rows: LookedSession[] = [];
    for (let at = 0; at < texts.length; at += mostSessionsAtOnce) {
      const page = texts.slice(at, at + mostSessionsAtOnce);
      const found = asList(await this.#connection.run(lookAtSessions, [mostForOldest, ...page]));
      for (const [index, text] of page.entries()) {
        const row = readSession(readText(text), asList(found[index]));
        // It has gone meanwhile.
        if (row.waiting + row.delayed + row.deadLetters > 0) rows.push(row);
      }
    }
    yield* rows.toSorted(byAge);
  }

  async *entries(key: string): AsyncIterable<StoredEntry> {
    for await (const entry of this.#pages(key, 'line')) yield entry;
    for await (const entry of this.#pages(key, 'later')) yield entry;
  }

  async *deadLetters(key: string): AsyncIterable<StoredDeadLetter> {
    const texts = asList(await this.#connection.run(listDead, [JSON.stringify(key)])).map(String);
    const letters: StoredDeadLetter[] = [];
    for (let at = 0; at + 2 < texts.length; at += 3) {
      const { record, place, starts, error, failedMs } = readDead(texts[at + 2] ?? '');
      const state = { starts, failures: starts, heldUntilMs: 0 };
      const entry = storedEntry(key, { id: readText(texts[at + 1] ?? ''), place, record, state });
      letters.push({ ...entry, error, failedMs });
    }
    yield* letters.toSorted((one, other) => one.number - other.number);
  }

  close(): void {
    this.#connection.close();
  }

  async #keys(): Promise<Set<string>> {
    const keys = new Set<string>();
    for (const where of ['work', 'due', 'deadKeys']) {
      let cursor = '0';
      do {
        const [next, page] = asList(await this.#connection.run(lookForKeys, [where, cursor]));
        for (const key of asList(page)) keys.add(String(key));
        cursor = String(next);
      } while (cursor !== '0');
    }
    return keys;
  }

  async *#pages(key: string, where: 'line' | 'later'): AsyncIterable<StoredEntry> {
    // Each page begins with what the last one ended with, because several may have one place.
    const seen = new Set<string>();
    let from = '-inf';
    for (;;) {
      const limits = [mostEntriesAtOnce, mostBytesAtOnce];
      const page = asList(await this.#connection.run(lookAtEntries, [JSON.stringify(key), where, from, ...limits])).map(
        String,
      );
      const before = seen.size;
      for (const entry of readEntries(page)) {
        if (seen.has(entry.id)) continue;
        seen.add(entry.id);
        const stored = storedEntry(key, entry);
        yield where === 'line' ? stored : { ...stored, dueMs: entry.place };
      }
      from = page.at(-3) ?? from;
      if (seen.size === before) return;
    }
  }
}

function readSession(key: string, found: readonly unknown[]): LookedSession {
  const [waiting, oldestMs, delayed, nextMs, deadLetters, isIdle] = found;
  return {
    key,
    waiting: Number(waiting),
    oldestMs: orUndefined(oldestMs),
    delayed: Number(delayed),
    nextMs: orUndefined(nextMs),
    deadLetters: Number(deadLetters),
    isIdle: isIdle === 1,
  };
}

function orUndefined(text: unknown): number | undefined {
  return text === '' ? undefined : Number(text);
}

function byAge(one: SessionRow, other: SessionRow): number {
  return (
    compare(one.oldestMs ?? Infinity, other.oldestMs ?? Infinity) ||
    compare(one.nextMs ?? Infinity, other.nextMs ?? Infinity) ||
    compare(one.key, other.key)
  );
}

function compare<Value extends number | string>(one: Value, other: Value): number {
  return one < other ? -1 : Number(one > other);
}
