/**
 * Where the core gets its time from. One seam, so that a test can hold the clock in its hand;
 * the queue that users get runs on `systemClock`.
 */

export interface Clock {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Milliseconds since 1970. */
  wall(): number;
  /** Calls `callback` once, `delayMs` from now: a finite number >= 0 of any size. */
  setTimer(callback: () => void, delayMs: number): Timer;
  /** Calls `callback` once, after the event loop has had the chance to look at timers and I/O. */
  nextPass(callback: () => void): void;
}

/** A timer that was set; `clear` is allowed at any time. */
export interface Timer {
  clear(): void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  setTimer: (callback, delayMs) => new SystemTimer(callback, delayMs),
  nextPass: (callback) => nextPass(callback),
};

// setTimeout fires at once when it is asked for more than this.
const longestTimeoutMs = 2 ** 31 - 1;

class SystemTimer implements Timer {
  #handle: ReturnType<typeof setTimeout> | undefined;

  constructor(callback: () => void, delayMs: number) {
    this.#arm(callback, delayMs);
  }

  clear(): void {
    clearTimeout(this.#handle);
  }

  #arm(callback: () => void, delayMs: number): void {
    this.#handle =
      delayMs <= longestTimeoutMs
        ? setTimeout(callback, delayMs)
        : setTimeout(() => this.#arm(callback, delayMs - longestTimeoutMs), longestTimeoutMs);
  }
}

// Browsers have no setImmediate, and hold back a setTimeout that sets the next one.
const nextPass: (callback: () => void) => void =
  typeof setImmediate === 'function'
    ? (callback) => {
        setImmediate(callback);
      }
    : (callback) => {
        const { port1, port2 } = new MessageChannel();
        port1.addEventListener('message', () => {
          port1.close();
          callback();
        });
        port1.start();
        port2.postMessage(undefined);
      };
