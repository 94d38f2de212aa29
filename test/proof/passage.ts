/**
 * Lets time go by for a queue on a fake clock: until nothing happens any more, or by so many
 * milliseconds. What happens in one pass of the event loop happens at one time.
 */
import { setImmediate } from 'node:timers';
import type { FakeClock } from './fake-clock.ts';

/** What time leaves behind in a history. */
export interface PassageLog {
  /** How many events the history has. */
  count(): number;
  moving(): void;
  moved(): void;
  /** Nothing happens any more at the present time. */
  quiet(): void;
}

export class Passage {
  readonly #clock: FakeClock;
  readonly #log: PassageLog;

  constructor(clock: FakeClock, log: PassageLog) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Waits until nothing happens any more, at the present time. */
  async settle(): Promise<void> {
    let seen = -1;
    while (seen < this.#log.count()) {
      seen = this.#log.count();
      for (let round = 0; round < 3; round += 1) await eventLoopPass();
      if (this.#clock.nextDueMs <= this.#clock.now()) await this.#moveTo(this.#clock.now());
    }
    this.#log.quiet();
  }

  /** In one jump, as after a blocked event loop, or from timer to timer. */
  async wait(ms: number, how: 'jump' | 'walk'): Promise<void> {
    const untilMs = this.#clock.now() + ms;
    if (how === 'walk') await this.#walkTo(untilMs);
    await this.#moveTo(untilMs);
  }

  async #walkTo(untilMs: number): Promise<void> {
    while (this.#clock.nextDueMs < untilMs) {
      await this.#moveTo(this.#clock.nextDueMs);
      await this.settle();
    }
  }

  async #moveTo(nowMs: number): Promise<void> {
    for (let round = 0; round < 2; round += 1) await eventLoopPass();
    this.#log.moving();
    this.#clock.jumpTo(nowMs);
    this.#log.moved();
    for (let round = 0; round < 2; round += 1) await eventLoopPass();
  }
}

function eventLoopPass(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
