/** A scheduler without surprises, for programs that are known already. */
import type { TaskScheduler } from './run-program.ts';

/** Lets tasks go on in the order in which they asked for it. */
export class InOrder implements TaskScheduler {
  readonly #waiting: (() => void)[] = [];

  schedule(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  count(): number {
    return this.#waiting.length;
  }

  waitOne(): Promise<void> {
    this.#waiting.shift()?.();
    return Promise.resolve();
  }
}
