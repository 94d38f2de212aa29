/**
 * A queue on the store under test, whose turns run until the test lets them end. A turn is called by its messages: `a`, or `a+b`.
 * Nothing sleeps: whatever takes time is awaited.
 */
import { createSessionQueue } from '../core/create-session-queue.ts';
import type { MessageTurn, UnstartedMessage } from '../core/message-queue.ts';
import type { QueueEvent } from '../core/queue-event.ts';
import type { DurableQueue, DurableQueueOptions, Store } from '../core/store.ts';
import { until } from './expect.ts';
import { Gate } from './gate.ts';
import type { StoreFixture } from './store-under-test.ts';

/** A queue of one process, or of many: what is asked of it is awaited. */
export type Queue = Omit<DurableQueue<unknown, unknown>, 'pending' | 'cancel' | 'pause' | 'resume'> & {
  pending(sessionKey?: string): number | Promise<number>;
  cancel(sessionKey: string): readonly UnstartedMessage<unknown>[] | Promise<readonly UnstartedMessage<unknown>[]>;
  pause(sessionKey?: string): void | Promise<void>;
  resume(sessionKey?: string): void | Promise<void>;
};
export type Turn = MessageTurn<unknown>;
export type Options = Omit<Partial<DurableQueueOptions<unknown, unknown>>, 'store'>;

const longestMs = 20_000;

export class Stage {
  /** The turns that were started, in that order, over all lives. */
  readonly started: string[] = [];
  /** How many turns run now, and the most that did at once. */
  running = 0;
  mostRunning = 0;
  readonly #fixture: StoreFixture;
  readonly #gates: Map<string, Gate> = new Map();
  readonly #failures: Map<string, number> = new Map();
  readonly #queues: Queue[] = [];
  #onStarted: (() => void)[] = [];

  constructor(fixture: StoreFixture) {
    this.#fixture = fixture;
  }

  /** The queue's first life. */
  open(options?: Options): Queue {
    return this.#open(this.#fixture.store, options);
  }

  /** Closes the queue in an orderly way, and gives its next life, `prepare`d before anything of it runs. */
  async reopen(options?: Options, prepare?: (queue: Queue) => void | Promise<void>): Promise<Queue> {
    await this.#queues.at(-1)?.close({ drainMs: 0 });
    const queue = this.#open(await this.#fixture.again(), options);
    // A pause of all processes outlives each of them.
    await (prepare === undefined ? queue.resume() : prepare(queue));
    return queue;
  }

  /** Leaves the queue as if its process died now, and gives its next life. */
  async crash(options?: Options): Promise<Queue> {
    if (this.#fixture.crash === undefined) throw new Error('the fixture has no crash, and the store does not lack it');
    const queue = this.#open(await this.#fixture.crash(), options);
    await queue.resume();
    return queue;
  }

  /** What the queue runs unless it is given another handler: waits at the gate, fails as often as it was told, or says what it did. */
  readonly visit: (turn: Turn) => Promise<unknown> = async (turn: Turn): Promise<unknown> => {
    const name = turn.inputs.map(String).join('+');
    this.noteStart(name);
    try {
      await this.#gates.get(name)?.pass(turn.signal);
    } finally {
      this.running -= 1;
    }
    const failures = this.#failures.get(name) ?? 0;
    if (failures === 0) return `did ${name}`;
    this.#failures.set(name, failures - 1);
    throw new Error(`${name} failed`);
  };

  noteStart(name: string): void {
    this.started.push(name);
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    const waiters = this.#onStarted;
    this.#onStarted = [];
    for (const resolve of waiters) resolve();
  }

  /** Holds the turns of this name until it is opened; they end at once when they are aborted, unless they are `stubborn`. */
  gate(name: string, manner?: 'stubborn'): Gate {
    const gate = new Gate(manner === 'stubborn');
    this.#gates.set(name, gate);
    return gate;
  }

  /** The next turns of this name fail, this often. */
  fail(name: string, times: number = Infinity): void {
    this.#failures.set(name, times);
  }

  /** Resolves when so many turns have started. */
  async hasStarted(turns: number): Promise<void> {
    while (this.started.length < turns) {
      await new Promise<void>((resolve) => {
        this.#onStarted.push(resolve);
      });
    }
  }

  /** A session that is busy until the gate is opened. */
  async busy(queue: Queue, key: string): Promise<Gate> {
    const name = `busy ${key}`;
    const gate = this.gate(name);
    // What becomes of it is not what the test is about.
    void queue.enqueue(key, name).outcome;
    await gate.reached;
    return gate;
  }

  /** Resolves when so many entries of the session wait in this process. */
  async hasWaiting(queue: Queue, key: string, entries: number): Promise<void> {
    await until(() => (queue.inspect(key)?.waiting ?? 0) >= entries);
  }

  /** Every event from now on. */
  listen(queue: Queue): QueueEvent[] {
    const events: QueueEvent[] = [];
    queue.subscribe((event) => {
      events.push(event);
    });
    return events;
  }

  /** The same promise; it rejects, and says how far things went, when it takes much too long. */
  async within(promise: Promise<void>): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`not done after ${longestMs} ms; turns started: ${this.started.join(', ')}`));
      }, longestMs);
    });
    await Promise.race([promise, late]).finally(() => clearTimeout(timer));
  }

  async end(): Promise<void> {
    for (const gate of this.#gates.values()) gate.open();
    for (const queue of this.#queues) await queue.close({ drainMs: 0 });
    await this.#fixture.dispose?.();
  }

  #open(store: Store, options?: Options): Queue {
    const queue = createSessionQueue<unknown, unknown>({
      run: this.visit,
      backoff: { firstMs: 0 },
      // A test that fails leaves tickets behind which nobody awaits any more.
      onDrop: () => undefined,
      ...options,
      store,
    });
    this.#queues.push(queue);
    return queue;
  }
}
