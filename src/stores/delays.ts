/** Entries whose time to stand in line has not come. */
import type { Timer } from '../core/clock.ts';
import type { Turns } from '../core/turns.ts';
import type { DurableEntry } from './durable-entry.ts';

export class Delays {
  readonly #turns: Turns;
  readonly #onDue: (entry: DurableEntry) => void;
  readonly #timers: Map<DurableEntry, Timer> = new Map();

  constructor(turns: Turns, onDue: (entry: DurableEntry) => void) {
    this.#turns = turns;
    this.#onDue = onDue;
  }

  add(entry: DurableEntry, delayMs: number): void {
    entry.state = 'delayed';
    const timer = this.#turns.clock.setTimer(() => {
      this.#timers.delete(entry);
      this.#onDue(entry);
    }, delayMs);
    this.#timers.set(entry, timer);
  }

  /** The entry waits no longer, for whatever reason. */
  remove(entry: DurableEntry): void {
    this.#timers.get(entry)?.clear();
    this.#timers.delete(entry);
  }

  /** Those of one session, or all, in the order in which they were enqueued. */
  of(key: string | undefined): readonly DurableEntry[] {
    const entries = [...this.#timers.keys()].filter(({ session }) => key === undefined || session.key === key);
    return entries.toSorted((one, other) => one.number - other.number);
  }
}
