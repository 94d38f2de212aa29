/**
 * A clock that stands still until a test moves it, so that a time limit is a step of the test instead of a race.
 * Passes of the event loop stay real. Runs in browsers too.
 */
import type { Clock, Timer } from '#src/core/clock.ts';
import { systemClock } from '#src/core/clock.ts';

export class FakeClock implements Clock {
  #nowMs = 1000;
  readonly #timers = new Set<FakeTimer>();

  now(): number {
    return this.#nowMs;
  }

  // Far from now(), so that a mix-up of the two shows.
  wall(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const timer: FakeTimer = {
      dueMs: this.#nowMs + delayMs,
      callback,
      clear: () => {
        this.#timers.delete(timer);
      },
    };
    this.#timers.add(timer);
    return timer;
  }

  nextPass(callback: () => void): void {
    systemClock.nextPass(callback);
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Lets time go by within a pass of the event loop, as a task that computes does: no timer fires. */
  block(ms: number): void {
    this.#nowMs += ms;
  }

  /** Lets time go by from timer to timer, and everything that follows from each happen before the next. */
  async elapse(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settle();
    for (let timer = this.#firstUntil(endMs); timer !== undefined; timer = this.#firstUntil(endMs)) {
      this.#timers.delete(timer);
      this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
      timer.callback();
      await settle();
    }
    this.#nowMs = endMs;
    await settle();
  }

  #firstUntil(endMs: number): FakeTimer | undefined {
    let first: FakeTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs <= endMs && (first === undefined || timer.dueMs < first.dueMs)) first = timer;
    }
    return first;
  }
}

interface FakeTimer extends Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** Resolves as soon as the condition holds; rejects when it doesn't after many passes of the event loop. */
export async function until(condition: () => boolean): Promise<void> {
  for (let passes = 0; !condition(); passes += 1) {
    if (passes === 1000) throw new Error(`it never came about: ${condition.toString()}`);
    await settle();
  }
}

/** Resolves when everything has happened that needs no time to go by. */
export async function settle(): Promise<void> {
  // One pass for what goes on now, and one for what was put off to the next.
  for (let pass = 0; pass < 2; pass += 1) {
    await new Promise<void>((resolve) => {
      systemClock.nextPass(resolve);
    });
  }
}
