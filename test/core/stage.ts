/**
 * A queue on a clock of its own, with tasks that run until they are told to end. What happened is kept as lists of
 * names, so that a test says in a line who ran and who was told what.
 */
import assert from 'node:assert/strict';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import { QueueError } from '#src/index.ts';
import type { EntryOptions, QueueEvent, QueueOptions, SessionQueue, Task, Turn } from '#src/index.ts';

import { FakeClock, settle } from './fake-clock.ts';

export class Stage {
  readonly clock = new FakeClock();
  readonly queue: SessionQueue;
  /** The tasks that were called, by name, in that order. */
  readonly started: string[] = [];
  /** `name: outcome` in the order in which callers were told: the task's value, its error's message, or the queue's code. */
  readonly told: string[] = [];
  readonly #runs = new Map<string, Run>();
  readonly #errors = new Map<string, unknown>();

  constructor(options?: QueueOptions) {
    this.queue = createQueueWithClock(options, this.clock);
  }

  /** Enqueues a task that runs until it is told to end. Its failure counts as handled. */
  enqueue(key: string, name: string, options?: EntryOptions): Promise<string> {
    return this.watch(name, this.queue.enqueue(key, this.task(name), options));
  }

  /** The task itself, for who enqueues it otherwise. */
  task(name: string): Task<string> {
    return (turn) => {
      this.started.push(name);
      return new Promise((resolve, reject) => {
        this.#runs.set(name, { turn, resolve, reject });
      });
    };
  }

  /** Notes how the promise ends. */
  watch(name: string, promise: Promise<unknown>): Promise<string> {
    const noteValue = (value: unknown): void => {
      this.told.push(`${name}: ${String(value)}`);
    };
    const noteError = (error: unknown): void => {
      this.#errors.set(name, error);
      this.told.push(`${name}: ${describeError(error)}`);
    };
    promise.then(noteValue, noteError);
    return promise as Promise<string>;
  }

  /** Tasks that were called and not yet told to end. */
  get running(): readonly string[] {
    return [...this.#runs.keys()];
  }

  turn(name: string): Turn {
    return this.#run(name).turn;
  }

  /** Lets the task end with its own name for a value, or another. */
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

  /** The queue's own error that the caller of `name` was told. */
  error(name: string): QueueError {
    const error = this.#errors.get(name);
    assert.ok(error instanceof QueueError, `${name} was not told a QueueError`);
    return error;
  }

  /** Every event from now on. */
  listen(): QueueEvent[] {
    const events: QueueEvent[] = [];
    this.queue.subscribe((event) => {
      events.push(event);
    });
    return events;
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
  readonly turn: Turn;
  readonly resolve: (value: string) => void;
  readonly reject: (reason: unknown) => void;
}

function describeError(error: unknown): string {
  if (error instanceof QueueError) return error.code;
  return error instanceof Error ? error.message : `threw ${String(error)}`;
}

/** What the promise rejects with, in an object because a reason may be a thenable; fails when it doesn't. */
export async function rejectionOf(promise: Promise<unknown>): Promise<{ readonly reason: unknown }> {
  const outcome = await promise.then(
    () => undefined,
    (reason: unknown) => ({ reason }),
  );
  assert.ok(outcome !== undefined, 'it resolved');
  return outcome;
}

/** What the promise rejects with, which has to be an error of the queue. */
export async function queueErrorOf(promise: Promise<unknown>): Promise<QueueError> {
  const { reason } = await rejectionOf(promise);
  assert.ok(reason instanceof QueueError, `${String(reason)} is not a QueueError`);
  return reason;
}

/** Hands in what the types forbid. */
export function wrong(value: unknown): never {
  return value as never;
}
