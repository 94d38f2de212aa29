/**
 * The passes of the event loop, as far as the queue takes part in them. One reading of the clock
 * serves everything that happens in a pass, and a pass that has lasted too long is cut: what would
 * start next starts in the following one, so that timers and I/O get their turn.
 */
import type { Clock } from './clock.ts';

// Long enough that cutting costs nothing (one setImmediate), short enough that nobody notices.
const longestPassMs = 10;
// Reading the clock costs as much as a third of a short turn; between readings this many may start.
const mostStartsUnread = 32;

/** One pass: when it was first noticed, and how many turns it has started. */
export class Pass {
  readonly startedMs: number;
  starts = 0;
  nextReadingAt = 2;
  isOver = false;

  constructor(startedMs: number) {
    this.startedMs = startedMs;
  }
}

export class Passes {
  readonly #clock: Clock;
  #current: Pass | undefined;
  /** Starts that were held back, oldest first. */
  #firstHeld: Held | undefined;
  #lastHeld: Held | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The pass that goes on now. */
  current(): Pass {
    return this.#current ?? this.#begin();
  }

  /** Counts the start of a turn. Gives what it has to wait for, if it has to. */
  admitStart(): Promise<void> | undefined {
    if (this.#firstHeld === undefined && this.#hasTimeForStart()) return undefined;
    return new Promise((letGo) => {
      const held: Held = { letGo, next: undefined };
      if (this.#lastHeld === undefined) this.#firstHeld = held;
      else this.#lastHeld.next = held;
      this.#lastHeld = held;
    });
  }

  #hasTimeForStart(): boolean {
    const pass = this.current();
    pass.starts += 1;
    if (!pass.isOver && pass.starts >= pass.nextReadingAt) {
      // 2, 4, 8, 16, 32, 64, 96 …: a few slow turns are noticed as soon as many short ones.
      pass.nextReadingAt = pass.starts + Math.min(pass.starts, mostStartsUnread);
      pass.isOver = this.#clock.now() - pass.startedMs >= longestPassMs;
    }
    return !pass.isOver;
  }

  #begin(): Pass {
    const pass = new Pass(this.#clock.now());
    this.#current = pass;
    this.#clock.nextPass(() => {
      this.#current = undefined;
      if (this.#firstHeld !== undefined) void this.#letGo();
    });
    return pass;
  }

  // One after another for as long as the pass has time. Letting all go at once would have them all
  // held again but a few, at each pass.
  async #letGo(): Promise<void> {
    while (this.#firstHeld !== undefined) {
      if (!this.#hasTimeForStart()) return;
      this.#firstHeld.letGo();
      // Past the microtasks in which that turn starts, and still ahead of whoever comes meanwhile.
      await Promise.resolve();
      this.#firstHeld = this.#firstHeld.next;
    }
    this.#lastHeld = undefined;
  }
}

interface Held {
  readonly letGo: () => void;
  next: Held | undefined;
}
