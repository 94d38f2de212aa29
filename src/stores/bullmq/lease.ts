/**
 * A session that this process has, from the moment its job was given to it until it lets go or loses it.
 *
 * It is `held` while turns may start. It becomes `yielding` when no further turn is to start: because others wait and it had its
 * share, or because it is paused, blocked, or the queue closes. It is `over` when it was let go, or another process has it.
 */
import type { LeasedEntry } from './leased-entry.ts';
import type { ReadEntry } from './records.ts';

export class Lease {
  /** The session's key, and the same as JSON text. */
  readonly key: string;
  readonly keyText: string;
  readonly job: string;
  readonly token: string;
  /** Its entries that are not stored as ended, by id. */
  readonly entries: Map<string, LeasedEntry> = new Map();
  /** The greatest place or epoch that Redis had given out when this lease began. */
  readonly since: number;
  /** Places of entries that were here, or were taken out in Redis: a message that comes late must not bring them back. */
  readonly #seen: Set<number> = new Set();
  /** Acts that are to be written, and who waits for them. */
  acts: Act[] = [];
  waiters: (() => void)[] = [];
  isWriting = false;
  state: 'held' | 'yielding' | 'over' = 'held';
  /** Whether Redis knows already that it was let go. */
  isReleased = false;
  isReleasing = false;
  /** The place up to which its line was read; Infinity when all of it was. */
  horizon: number = -Infinity;
  isReading = false;
  /** Whether something has arrived since, behind what isn't known here. */
  mustReadAgain = false;
  turns = 0;
  lastEpoch = 0;
  /** When BullMQ's lock was surely there, by this process's clock. */
  lockedMs: number;
  /** Resolves when it is over. */
  readonly ended: Promise<void>;
  end: () => void = () => undefined;

  constructor(key: string, keyText: string, job: string, token: string, nowMs: number, since: number) {
    this.since = since;
    this.key = key;
    this.keyText = keyText;
    this.job = job;
    this.token = token;
    this.lockedMs = nowMs;
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  /** The entry with this place is here, or is no longer anywhere. */
  notePlace(place: number): void {
    this.#seen.add(place);
    if (this.#seen.size <= mostSeen) return;
    for (const oldest of this.#seen) {
      this.#seen.delete(oldest);
      return;
    }
  }

  knows(place: number): boolean {
    return this.#seen.has(place);
  }

  /** Whether an entry of which a message tells can be new. What is older than the lease is read from the line instead. */
  isNews({ place, record }: ReadEntry): boolean {
    return place + record.head > this.since && !this.#seen.has(place);
  }
}

/** Far more than can have arrived while a message was on its way. */
const mostSeen = 100_000;

/** One thing that happened to an entry, or to its session. */
export interface Act {
  readonly what: 'state' | 'end' | 'drop' | 'bury' | 'block';
  readonly entry: LeasedEntry;
  readonly text: string;
}
