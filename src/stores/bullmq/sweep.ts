/** Now and then looks for what was left undone by processes that died in between, and for what is due. */
import type { Clock, Timer } from '../../core/clock.ts';
import type { Activation } from './activation.ts';
import * as lua from './lua-lines.ts';
import { asList } from './records.ts';
import type { Server } from './server.ts';

const everyMs = 3000;
const mostAtOnce = 500;

export class Sweep {
  readonly #server: Server;
  readonly #activation: Activation;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #nextMs = Infinity;
  #isRunning = false;
  #isClosed = false;
  /** Told after each: which keys are paused (`*` is all), as JSON text. */
  onSwept: (paused: readonly string[]) => void = () => undefined;

  constructor(server: Server, activation: Activation, clock: Clock) {
    this.#server = server;
    this.#activation = activation;
    this.#clock = clock;
  }

  /** Sweeps at the latest so much later. */
  within(delayMs: number): void {
    const atMs = this.#clock.now() + delayMs;
    if (this.#isClosed || atMs >= this.#nextMs) return;
    this.#timer?.clear();
    this.#nextMs = atMs;
    // The one that runs now is followed by it.
    if (this.#isRunning) return;
    this.#timer = this.#clock.setTimer(() => void this.#run(), delayMs);
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.clear();
  }

  async #run(): Promise<void> {
    if (this.#isRunning || this.#isClosed) return;
    this.#isRunning = true;
    this.#nextMs = Infinity;
    // Not all processes at once.
    let nextMs = everyMs * (0.75 + Math.random() / 2);
    try {
      nextMs = Math.min(nextMs, await this.#sweep());
    } catch {
      // Redis is away; the next one will find it.
    }
    this.#isRunning = false;
    const wantedMs = this.#nextMs - this.#clock.now();
    this.#nextMs = Infinity;
    this.within(Math.max(Math.min(nextMs, wantedMs), 0));
  }

  /** Gives in how many ms something is due. */
  async #sweep(): Promise<number> {
    let cursor = '0';
    let dueInMs = Infinity;
    let paused: readonly string[];
    do {
      const answer = asList(await this.#server.run(lua.sweep, [cursor, mostAtOnce]));
      cursor = String(answer[0]);
      const nowMs = Number(answer[2]);
      this.#server.noteServerMs(nowMs);
      if (answer[1] !== '') dueInMs = Math.max(Number(answer[1]) - nowMs, 1);
      paused = asList(answer[3]).map(String);
      await this.#activation.activate(asList(answer[4]).map(String));
    } while (cursor !== '0' && !this.#isClosed);
    this.onSwept(paused);
    return dueInMs;
  }
}
