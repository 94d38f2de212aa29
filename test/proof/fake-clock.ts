/**
 * A clock that stands still until it is told to move, so that time limits are part of a program
 * instead of a race. Passes of the event loop stay real: a quiet point lets some go by.
 */
import { setImmediate } from 'node:timers';

export class FakeClock {
  #nowMs = 1_000;
  readonly #timers = new Set<FakeTimer>();

  now(): number {
    return this.#nowMs;
  }

  wall(): number {
    return this.#nowMs;
  }

  setTimer(callback: () => void, delayMs: number): FakeTimer {
    const timer: FakeTimer = {
      dueMs: this.#nowMs + Math.max(0, delayMs),
      callback,
      clear: () => void this.#timers.delete(timer),
    };
    this.#timers.add(timer);
    return timer;
  }

  nextPass(callback: () => void): void {
    setImmediate(callback);
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /** When the next timer is due; Infinity when none is set. */
  get nextDueMs(): number {
    return Math.min(...Array.from(this.#timers, (timer) => timer.dueMs));
  }

  /** Lets time go by within a pass of the event loop, so that no timer can fire. */
  block(ms: number): void {
    this.#nowMs += ms;
  }

  /** Jumps to a time and fires what is due by then, oldest first. Never back. */
  jumpTo(nowMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    for (let timer = this.#nextDue(); timer !== undefined; timer = this.#nextDue()) {
      this.#timers.delete(timer);
      timer.callback();
    }
  }

  #nextDue(): FakeTimer | undefined {
    const due = [...this.#timers].filter((timer) => timer.dueMs <= this.#nowMs);
    return due.toSorted((one, other) => one.dueMs - other.dueMs)[0];
  }
}

interface FakeTimer {
  readonly dueMs: number;
  readonly callback: () => void;
  readonly clear: () => void;
}
