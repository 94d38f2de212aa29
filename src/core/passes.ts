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

/** One pass: when it was first noticed, and what waits for its end. */
export class Pass {
  readonly startedMs: number;
  starts = 0;
  nextReadingAt = 2;
  /** Resolves when the pass has ended; there once the pass has lasted too long. */
  end: Promise<void> | undefined;
  announceEnd: (() => void) | undefined;

  constructor(startedMs: number) {
    this.startedMs = startedMs;
  }
}

export class Passes {
  readonly #clock: Clock;
  #current: Pass | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The pass that goes on now. */
  current(): Pass {
    return this.#current ?? this.#begin();
  }

  /** Counts the start of a turn. Gives what it has to wait for, if it has to. */
  admitStart(): Promise<void> | undefined {
    const pass = this.current();
    if (pass.end !== undefined) return pass.end;
    pass.starts += 1;
    if (pass.starts < pass.nextReadingAt) return undefined;
    // 2, 4, 8, 16, 32, 64, 96 …: a few slow turns are noticed as soon as many short ones.
    pass.nextReadingAt += Math.min(pass.starts, mostStartsUnread);
    if (this.#clock.now() - pass.startedMs < longestPassMs) return undefined;
    pass.end = new Promise<void>((resolve) => {
      pass.announceEnd = resolve;
    });
    return pass.end;
  }

  #begin(): Pass {
    const pass = new Pass(this.#clock.now());
    this.#current = pass;
    this.#clock.nextPass(() => {
      this.#current = undefined;
      pass.announceEnd?.();
    });
    return pass;
  }
}
