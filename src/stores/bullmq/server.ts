/** Redis as one queue of this store sees it: its scripts, its keys, its clock. */
import type { Clock, Timer } from '../../core/clock.ts';
import { QueueError } from '../../core/queue-error.ts';
import type { BullmqSettings } from './bullmq.ts';
import { Connections, NotDone } from './connections.ts';
import { baseOf, queueNameOf } from './names.ts';

export class Server {
  readonly connections: Connections;
  /** Names this queue among all processes. */
  readonly process: string = crypto.randomUUID();
  /** What BullMQ calls the queue: in braces, so that all its keys are in one slot of a cluster. */
  readonly queueName: string;
  /** What all keys begin with. */
  readonly base: string;
  readonly #clock: Clock;
  readonly #usable: Promise<void>;
  readonly #answerMs: number;
  #isUsable = false;
  #aheadMs = 0;
  isClosed = false;

  constructor({ connection, name, prefix, answerMs, onError }: BullmqSettings, clock: Clock) {
    this.connections = new Connections(connection, answerMs, onError);
    this.#clock = clock;
    this.#answerMs = answerMs;
    this.queueName = queueNameOf(prefix, name);
    this.base = baseOf(prefix, name);
    this.#usable = this.#refuseEviction(onError);
    // Everything that is asked of the queue says so.
    this.#usable.catch(() => undefined);
  }

  /** @throws NotDone; Error when this Redis must not be used */
  async run(script: string, args: readonly (string | number)[]): Promise<unknown> {
    if (this.isClosed) throw new QueueError('closed', 'The queue was closed in this process.');
    if (!this.#isUsable) await this.#usableSoon();
    return this.connections.run(script, this.base, args);
  }

  /** Resolves when Redis was found fit; rejects when it must not be used. */
  whenUsable(): Promise<void> {
    return this.#usable;
  }

  /** The server's wall clock, as far as it is known. */
  serverMs(): number {
    return this.#clock.wall() + this.#aheadMs;
  }

  noteServerMs(serverMs: number): void {
    this.#aheadMs = serverMs - this.#clock.wall();
  }

  close(): void {
    this.isClosed = true;
    this.connections.close();
  }

  async #usableSoon(): Promise<void> {
    let timer: Timer | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = this.#clock.setTimer(() => {
        reject(new NotDone(`Redis could not be reached within ${this.#answerMs} ms`, true));
      }, this.#answerMs);
    });
    await Promise.race([this.#usable, late]).finally(() => timer?.clear());
  }

  async #refuseEviction(onError: (error: Error) => void): Promise<void> {
    let policy: string | undefined;
    while (policy === undefined) {
      try {
        policy = await this.connections.evictionPolicy();
      } catch (error) {
        if (!(error instanceof NotDone) || this.connections.isClosed) throw error;
        // Nobody is told before it is known, so it is asked until there is an answer.
        await new Promise<void>((resolve) => this.#clock.setTimer(resolve, 200));
      }
    }
    this.#isUsable = policy === 'unknown' || policy === 'noeviction';
    if (policy === 'unknown') {
      onError(new Error('bullmq: Redis does not say what its maxmemory-policy is. Make sure that it is noeviction.'));
    } else if (policy !== 'noeviction') {
      throw new NotDone(
        `bullmq: Redis has the maxmemory-policy ${policy} and would evict entries. Set it to noeviction: ` +
          'CONFIG SET maxmemory-policy noeviction, and the same in redis.conf.',
        true,
      );
    }
  }
}
