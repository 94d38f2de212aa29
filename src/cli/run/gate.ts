/** Lets one loop wait until a condition holds. */

export interface Gate {
  /** Resolves when the condition holds; at once if it does already. For one waiter at a time. */
  wait(): Promise<void>;
  /** To be called after everything that may have made the condition true. */
  check(): void;
}

/** The condition is always asked afresh, so it doesn't matter which event was the last. */
export function createGate(isOpen: () => boolean): Gate {
  let release: (() => void) | undefined;
  return {
    wait: () => (isOpen() ? Promise.resolve() : new Promise((resolve) => (release = resolve))),
    check() {
      if (release === undefined || !isOpen()) return;
      release();
      release = undefined;
    },
  };
}
