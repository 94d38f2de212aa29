/** Where a turn waits until the test lets it go on. */
export class Gate {
  /** Resolves when the first turn waits here. */
  readonly reached: Promise<void>;
  readonly #isStubborn: boolean;
  readonly #opened: Promise<void>;
  #reach: () => void = () => undefined;
  #open: () => void = () => undefined;

  /** @param isStubborn whether a turn that is aborted stays */
  constructor(isStubborn: boolean) {
    this.#isStubborn = isStubborn;
    this.reached = new Promise((resolve) => {
      this.#reach = resolve;
    });
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#open();
  }

  /** Rejects with the reason when the turn is aborted. */
  pass(signal: AbortSignal): Promise<void> {
    this.#reach();
    if (this.#isStubborn) return this.#opened;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        signal.removeEventListener('abort', leave);
        reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
      };
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave);
      void this.#opened.then(() => {
        signal.removeEventListener('abort', leave);
        resolve();
      });
    });
  }
}
