/**
 * Programs that must not compile: each line under an `@ts-expect-error` is a mistake that the types have to catch, and
 * a line that compiles is itself an error. Compiled, never run.
 */
import { createSessionQueue, QueueError } from '#src/index.ts';
import type { CloseReport, QueueEvent, QueueOptions, QueueSnapshot, Turn, Unstarted } from '#src/index.ts';

import { expectType } from './same.ts';

const queue = createSessionQueue();

export function wrongKeys(id: number, symbol: symbol, maybe: string | undefined): void {
  // @ts-expect-error: a key is a string, not a number
  void queue.enqueue(id, async () => 1);
  // @ts-expect-error: nor a symbol
  void queue.enqueue(symbol, async () => 1);
  // @ts-expect-error: nor something that may be missing
  void queue.enqueue(maybe, async () => 1);
  // @ts-expect-error: a key is not optional
  void queue.enqueue(async () => 1);
  // @ts-expect-error: cancel takes one session
  queue.cancel();
  // @ts-expect-error: a key of pending is a string
  queue.pending(id);
  // @ts-expect-error: a key of pause is a string
  queue.pause(id);
  // @ts-expect-error: a key of inspect is a string
  queue.inspect(null);
}

export function wrongTasks(promise: Promise<number>): void {
  // @ts-expect-error: a promise has begun already, a task is a function
  void queue.enqueue('ada', promise);
  // @ts-expect-error: a task is required
  void queue.enqueue('ada');
  // @ts-expect-error: a message needs a handler, which this queue has not
  void queue.enqueue('ada', 'hello');
  // @ts-expect-error: a task gets a turn, not a string
  void queue.enqueue('ada', async (name: string) => name);
  // @ts-expect-error: a task gets one argument
  void queue.enqueue('ada', async (turn: Turn, more: number) => [turn, more]);
}

export async function wrongResults(): Promise<void> {
  // @ts-expect-error: the result is a number
  const text: string = await queue.enqueue('ada', async () => 42);
  // @ts-expect-error: the result is a promise
  const result: number = queue.enqueue('ada', () => 42);
  // @ts-expect-error: the type argument has to agree with the task
  const other = await queue.enqueue<string>('ada', async () => 42);
  // @ts-expect-error: a void task has no result
  const nothing: number = await queue.enqueue('ada', async () => {});
  void [text, result, other, nothing];
}

export function wrongQueueOptions(): void {
  // @ts-expect-error: concurrency is a number
  createSessionQueue({ concurrency: '8' });
  // @ts-expect-error: no limit is Infinity or nothing, not null
  createSessionQueue({ timeoutMs: null });
  // @ts-expect-error: the unit is part of the name
  createSessionQueue({ timeout: 1000 });
  // @ts-expect-error: an unknown option is a typing error
  createSessionQueue({ concurency: 8 });
  // @ts-expect-error: ttlMs is an entry's
  createSessionQueue({ ttlMs: 1000 });
  // @ts-expect-error: options are an object
  createSessionQueue(8);
  // @ts-expect-error: not null either
  createSessionQueue(null);
}

export function wrongEntryOptions(controller: AbortController): void {
  // @ts-expect-error: a signal, not its controller
  void queue.enqueue('ada', () => 1, { signal: controller });
  // @ts-expect-error: an unknown option
  void queue.enqueue('ada', () => 1, { deadlineMs: 1000 });
  // @ts-expect-error: concurrency is the queue's
  void queue.enqueue('ada', () => 1, { concurrency: 1 });
  // @ts-expect-error: a priority is seconds, not a word
  void queue.enqueue('ada', () => 1, { priority: 'high' });
  // @ts-expect-error: a timeout is milliseconds, not a string
  void queue.enqueue('ada', () => 1, { timeoutMs: '1s' });
  // @ts-expect-error: options are an object
  void queue.enqueue('ada', () => 1, 1000);
  // @ts-expect-error: close has drainMs
  void queue.close({ timeoutMs: 1 });
}

export function writesToReadonly(
  turn: Turn,
  event: QueueEvent,
  snapshot: QueueSnapshot,
  report: CloseReport,
  unstarted: Unstarted,
  options: QueueOptions,
  error: QueueError,
): void {
  // @ts-expect-error: a turn is read-only
  turn.key = 'other';
  // @ts-expect-error: its epoch too
  turn.epoch += 1;
  // @ts-expect-error: and its signal
  turn.signal = AbortSignal.abort();
  // @ts-expect-error: so is an event
  event.atMs = 0;
  // @ts-expect-error: and a snapshot
  snapshot.pending = 0;
  // @ts-expect-error: and its lists
  snapshot.sessions.pop();
  // @ts-expect-error: and what a close hands back
  report.unstarted.push(unstarted);
  // @ts-expect-error: and an entry that never started
  unstarted.key = 'other';
  // @ts-expect-error: and options
  options.concurrency = 1;
  // @ts-expect-error: and the code of an error
  error.code = 'full';
}

export function wrongEvents(event: QueueEvent): void {
  // @ts-expect-error: not every event has an id
  void event.id;
  // @ts-expect-error: there is no such event
  void (event.type === 'finished');
  // @ts-expect-error: a pause of the whole queue has no key
  if (event.type === 'paused') event.key.toUpperCase();
  // @ts-expect-error: a refused entry never became one, so it has no id
  if (event.type === 'refused') void event.id;
  // @ts-expect-error: a listener takes an event
  queue.subscribe((name: string) => name);
}

/** Each of these leaves one member out, so its end can be reached. */
export function forgetsOne(event: QueueEvent, error: QueueError): string {
  switch (event.type) {
    case 'enqueued':
    case 'refused':
    case 'started':
    case 'aborted':
    case 'stuck':
    case 'ended':
    case 'settled':
    case 'paused':
    case 'resumed':
    case 'stopped':
    case 'drained':
      return event.type;
    default:
      // @ts-expect-error: `released` is missing
      event satisfies never;
  }
  switch (error.code) {
    case 'stopped':
    case 'full':
    case 'expired':
    case 'cancelled':
    case 'closed':
    case 'aborted':
    case 'timeout':
    case 'idle-timeout':
      return error.code;
    default:
      // @ts-expect-error: `deadlock` is missing
      error.code satisfies never;
  }
  return '';
}

export function wrongErrors(): void {
  // @ts-expect-error: a code is one of a closed set
  void new QueueError('broken', 'it is broken');
  // @ts-expect-error: a message is required
  void new QueueError('full');
}

/** The judge of test/types/must-compile.ts must itself be able to say no. */
export function wrongJudgements(value: unknown, loose: ReturnType<typeof JSON.parse>): void {
  // @ts-expect-error: unknown is not a number
  expectType<number>()(value);
  // @ts-expect-error: neither is any
  expectType<number>()(loose);
  // @ts-expect-error: what is assignable is not the same
  expectType<Promise<unknown>>()(queue.enqueue('ada', () => 42));
}

/** Is a queue only where its caller wants one. */
export function wrongAssignments(): void {
  // @ts-expect-error: a queue's enqueue gives the task's own type, not another
  const narrower: { enqueue(sessionKey: string, task: () => Promise<number>): Promise<string> } = queue;
  // @ts-expect-error: stop gives nothing to wait for; drained does
  const stoppable: { stop(): Promise<void> } = queue;
  void [narrower, stoppable];
}
