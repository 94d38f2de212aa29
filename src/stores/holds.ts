/** Sessions that are held because their first entry is to be tried again later, and those that wait for a person. */
import type { Timer } from '../core/clock.ts';
import type { Turns } from '../core/turns.ts';

export class Holds {
  readonly #turns: Turns;
  readonly #timers: Map<string, Timer> = new Map();
  /** Sessions that have dead letters, where those block. */
  readonly #blocked: Set<string> = new Set();

  constructor(turns: Turns) {
    this.#turns = turns;
  }

  /** Nothing of the session starts for so long. */
  holdFor(key: string, delayMs: number): void {
    if (delayMs === 0) return;
    this.#turns.lanes.heldKeys.add(key);
    this.#timers.get(key)?.clear();
    this.#timers.set(
      key,
      this.#turns.clock.setTimer(() => this.endHold(key), delayMs),
    );
  }

  /** Its time is over, or nothing is left of what it was for. */
  endHold(key: string): void {
    this.#timers.get(key)?.clear();
    if (this.#timers.delete(key)) this.#letGo(key);
  }

  block(key: string): void {
    this.#blocked.add(key);
    this.#turns.lanes.heldKeys.add(key);
  }

  isBlocked(key: string): boolean {
    return this.#blocked.has(key);
  }

  unblock(key: string): void {
    if (this.#blocked.delete(key)) this.#letGo(key);
  }

  clear(): void {
    for (const timer of this.#timers.values()) timer.clear();
    this.#timers.clear();
  }

  #letGo(key: string): void {
    if (this.#blocked.has(key) || this.#timers.has(key)) return;
    const { lanes } = this.#turns;
    lanes.heldKeys.delete(key);
    const session = lanes.sessions.get(key);
    if (session !== undefined) lanes.advance(session);
  }
}
