/** How long a line has waited for its turn, and how long the turn has run. */

export class TurnClock {
  readonly #readAtMs = performance.now();
  #startedAtMs: number | undefined;

  start(): void {
    this.#startedAtMs = performance.now();
  }

  get hasStarted(): boolean {
    return this.#startedAtMs !== undefined;
  }

  read(): { readonly waitedMs: number; readonly ranMs: number } {
    const nowMs = performance.now();
    const startedAtMs = this.#startedAtMs ?? nowMs;
    return { waitedMs: startedAtMs - this.#readAtMs, ranMs: nowMs - startedAtMs };
  }
}
