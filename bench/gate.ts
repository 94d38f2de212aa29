/** A promise that is resolved from outside: what tasks of the benchmark wait for. */
export class Gate {
  readonly opened: Promise<void>;
  #resolve: () => void = openedTooEarly;

  constructor() {
    this.opened = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  open(): void {
    this.#resolve();
  }
}

function openedTooEarly(): void {
  throw new Error('the gate was opened before it was made');
}
