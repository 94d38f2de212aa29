/** What a caller can do with dead letters. */
import { QueueError } from '../core/queue-error.ts';
import type { DeadLetter, DeadLetters } from '../core/store.ts';
import type { Holds } from './holds.ts';
import type { StoredDeadLetter } from './journal.ts';
import type { StoredEntries } from './stored-entries.ts';

/** What the queue does when somebody has decided. */
interface BurialSite {
  /** Puts it back into its line. */
  revive(letter: StoredDeadLetter): void;
  /** Its end no longer holds. */
  forget(letter: StoredDeadLetter): void;
}

export class Burials implements DeadLetters<unknown> {
  readonly #entries: StoredEntries;
  readonly #holds: Holds;
  readonly #queue: BurialSite;

  constructor(entries: StoredEntries, holds: Holds, queue: BurialSite) {
    this.#entries = entries;
    this.#holds = holds;
    this.#queue = queue;
  }

  async list(sessionKey?: string): Promise<readonly DeadLetter<unknown>[]> {
    await this.#entries.commits.committed();
    return this.#read(sessionKey).map((letter) => ({
      key: letter.key,
      id: letter.id,
      message: this.#entries.decodeMessage(letter),
      attempts: letter.attempt,
      error: letter.error,
      enqueuedMs: letter.enqueuedMs,
      failedMs: letter.failedMs,
    }));
  }

  retry(sessionKey: string, id?: string): Promise<number> {
    return this.#decide(sessionKey, id, 'revive');
  }

  drop(sessionKey: string, id?: string): Promise<number> {
    return this.#decide(sessionKey, id, 'discard');
  }

  async #decide(key: string, id: string | undefined, type: 'revive' | 'discard'): Promise<number> {
    const { commits } = this.#entries;
    // Whoever was told the same may have decided on them meanwhile. Behind the last look nothing is awaited.
    while (!commits.isClean && !commits.isClosed) await commits.committed();
    const all = this.#read(key);
    const letters = all.filter((letter) => id === undefined || letter.id === id);
    for (const letter of letters) {
      // First what may fail: its message may not be readable.
      if (type === 'revive') this.#queue.revive(letter);
      else this.#queue.forget(letter);
      commits.write({ type, number: letter.number });
    }
    if (letters.length === all.length) this.#holds.unblock(key);
    await commits.committed();
    return letters.length;
  }

  #read(key: string | undefined): readonly StoredDeadLetter[] {
    const { commits, journal } = this.#entries;
    if (commits.isClosed) {
      throw new QueueError('closed', 'The queue was closed; open one on the same store to look at its dead letters.');
    }
    return journal.deadLetters(key);
  }
}
