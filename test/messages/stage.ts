/**
 * A queue of messages on a clock of its own, with turns that run until they are told to end. A turn is called by its
 * newest message. What happened is kept as lists of words, so that a test says in a line who ran and who was told what.
 */
import assert from 'node:assert/strict';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import { QueueError } from '#src/index.ts';
import type {
  MessageOptions,
  MessageQueue,
  MessageQueueOptions,
  MessageTurn,
  QueueEvent,
  Ticket,
  TicketOutcome,
} from '#src/index.ts';

import { FakeClock, settle } from '../core/fake-clock.ts';

export class Stage {
  readonly clock = new FakeClock();
  readonly queue: MessageQueue<string, string>;
  /** The turns that were started, in that order: `a+b` is a turn that has both. */
  readonly started: string[] = [];
  /** How tickets ended, in that order: `a: done a`, `a: merged into b`, `a: dropped full`, `a: failed timeout`. */
  readonly told: string[] = [];
  readonly #runs = new Map<string, Run>();
  readonly #names = new Map<string, string>();

  constructor(options?: Omit<MessageQueueOptions<string, string>, 'run'>) {
    const run = (turn: MessageTurn<string>): Promise<string> => {
      this.started.push(turn.inputs.join('+'));
      return new Promise((resolve, reject) => {
        this.#runs.set(turn.input, { turn, resolve, reject });
      });
    };
    this.queue = createQueueWithClock<string, string>({ ...options, run }, this.clock);
  }

  /** Enqueues a message, and notes how it ends. */
  enqueue(key: string, message: string, options?: MessageOptions): Ticket<string> {
    const ticket = this.queue.enqueue(key, message, options);
    this.#names.set(ticket.id, message);
    void ticket.outcome.then((outcome) => this.told.push(`${message}: ${this.#describe(outcome)}`));
    return ticket;
  }

  /** Enqueues several, and lets happen what follows. */
  async enqueueAll(key: string, ...messages: readonly string[]): Promise<void> {
    for (const message of messages) void this.enqueue(key, message);
    await settle();
  }

  /** Turns that were started and not yet told to end, by their newest message. */
  get running(): readonly string[] {
    return [...this.#runs.keys()];
  }

  turn(name: string): MessageTurn<string> {
    return this.#run(name).turn;
  }

  /** Lets the turn end with its newest message for a value, or another. */
  async end(name: string, value: string = name): Promise<void> {
    this.#take(name).resolve(value);
    await settle();
  }

  async fail(name: string, reason: unknown): Promise<void> {
    this.#take(name).reject(reason);
    await settle();
  }

  /** Lets whatever runs end, until nothing runs any more. */
  async endAll(): Promise<void> {
    await settle();
    for (let [name] = this.running; name !== undefined; [name] = this.running) await this.end(name);
  }

  settle(): Promise<void> {
    return settle();
  }

  elapse(ms: number): Promise<void> {
    return this.clock.elapse(ms);
  }

  /** Every event from now on. */
  listen(): QueueEvent[] {
    const events: QueueEvent[] = [];
    this.queue.subscribe((event) => {
      events.push(event);
    });
    return events;
  }

  /** Nothing is left: no session, no timer, nothing pending. */
  assertIdle(): void {
    assert.deepEqual(
      {
        pending: this.queue.pending(),
        sessions: this.queue.inspect().sessions.map(({ key }) => key),
        timers: this.clock.timers,
      },
      { pending: 0, sessions: [], timers: 0 },
    );
  }

  #describe(outcome: TicketOutcome<string>): string {
    switch (outcome.type) {
      case 'done':
        return `done ${outcome.value}`;
      case 'merged':
        return `merged into ${this.#names.get(outcome.into)}`;
      case 'failed':
        return `failed ${outcome.code ?? describeError(outcome.error)}`;
      case 'dropped':
        return `dropped ${outcome.code}`;
      default:
        return outcome satisfies never;
    }
  }

  #run(name: string): Run {
    const run = this.#runs.get(name);
    assert.ok(run !== undefined, `${name} does not run`);
    return run;
  }

  #take(name: string): Run {
    const run = this.#run(name);
    this.#runs.delete(name);
    return run;
  }
}

interface Run {
  readonly turn: MessageTurn<string>;
  readonly resolve: (value: string) => void;
  readonly reject: (reason: unknown) => void;
}

function describeError(error: unknown): string {
  if (error instanceof QueueError) return error.code;
  return error instanceof Error ? error.message : String(error);
}

/** How the promise stands once everything has happened that needs no time: `waits`, `resolved`, or the code or message. */
export async function standOf(promise: Promise<unknown>): Promise<string> {
  let stand = 'waits';
  promise.then(
    () => {
      stand = 'resolved';
    },
    (error: unknown) => {
      stand = describeError(error);
    },
  );
  await settle();
  return stand;
}

/** Lets the turn ask; `answer` is what it was given, as soon as it has been. */
export function ask(stage: Stage, name: string, timeoutMs = Infinity): { answer: string; promise: Promise<unknown> } {
  const promise = stage.turn(name).receive(timeoutMs);
  const asked = { answer: 'waits', promise };
  promise.then(
    (value) => {
      asked.answer = String(value);
    },
    (error: Error & { readonly code?: string }) => {
      asked.answer = error.code ?? error.message;
    },
  );
  return asked;
}
