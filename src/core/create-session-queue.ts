/** Where a queue comes from. */
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import { HandlerQueue } from './handler-queue.ts';
import type { MessageQueue, MessageQueueOptions } from './message-queue.ts';
import { show } from './queue-options.ts';
import type { QueueOptions, SessionQueue } from './session-queue.ts';
import type { DistributedQueue, DistributedQueueOptions, DurableQueue, DurableQueueOptions } from './store.ts';
import { TaskQueue } from './task-queue.ts';

/**
 * Makes a queue. Without options it holds functions in memory and sets no limits; with a `run` it
 * holds messages, which that function handles.
 *
 * @throws TypeError or RangeError when an option is not what {@link QueueOptions} or
 * {@link MessageQueueOptions} say, or unknown.
 *
 * @example
 * const queue = createSessionQueue({ concurrency: 8, timeoutMs: 30_000 });
 * assert.equal(await queue.enqueue('ada', async (turn) => turn.key), 'ada');
 */
// It says that there is no `run`: otherwise the compiler, which tries this one first, would fix the types of callbacks
// beside `run` before it comes to the other.
export function createSessionQueue(options?: QueueOptions & { readonly run?: never }): SessionQueue;
/**
 * Makes a queue of messages that many processes share.
 *
 * @throws when the store's options are wrong. That the store can't be reached is told by what is asked of the queue.
 */
export function createSessionQueue<Message, Result>(
  options: DistributedQueueOptions<Message, Result>,
): DistributedQueue<Message, Result>;
/**
 * Makes a queue of messages that are stored, and survive the process.
 *
 * @throws what the store says when it can't be opened.
 */
export function createSessionQueue<Message, Result>(
  options: DurableQueueOptions<Message, Result>,
): DurableQueue<Message, Result>;
/**
 * Makes a queue of messages. Their type and that of the result are those of `run`.
 *
 * @example
 * const queue = createSessionQueue({
 *   run: async (turn: MessageTurn<string>) => `you said ${turn.input}`,
 *   policy: interrupt,
 * });
 * assert.equal(await queue.enqueue('ada', 'hello'), 'you said hello');
 */
export function createSessionQueue<Message, Result>(
  options: MessageQueueOptions<Message, Result> & { readonly store?: never },
): MessageQueue<Message, Result>;
export function createSessionQueue(options?: AnyOptions): unknown {
  return makeQueue(options, systemClock);
}

/** The same on a clock of the caller's, for tests. */
export function createQueueWithClock(options: QueueOptions | undefined, clock: Clock): SessionQueue;
export function createQueueWithClock<Message, Result>(
  options: DistributedQueueOptions<Message, Result>,
  clock: Clock,
): DistributedQueue<Message, Result>;
export function createQueueWithClock<Message, Result>(
  options: DurableQueueOptions<Message, Result>,
  clock: Clock,
): DurableQueue<Message, Result>;
export function createQueueWithClock<Message, Result>(
  options: MessageQueueOptions<Message, Result>,
  clock: Clock,
): MessageQueue<Message, Result>;
export function createQueueWithClock(options: AnyOptions | undefined, clock: Clock): unknown {
  return makeQueue(options, clock);
}

type AnyOptions = QueueOptions | MessageQueueOptions<never, unknown> | DurableQueueOptions<never, unknown>;

function makeQueue(options: AnyOptions = {}, clock: Clock): unknown {
  if (hasOption(options, 'store')) {
    if (typeof options.store.makeQueue === 'function') return options.store.makeQueue(options, clock);
    throw new TypeError(
      `createSessionQueue: store is ${show(options.store)}; expected one such as sqlite('queue.db').`,
    );
  }
  return hasOption(options, 'run') ? new HandlerQueue(options, clock) : new TaskQueue(options, clock);
}

// An option that isn't an object at all is refused where options are read.
function hasOption(options: AnyOptions, name: 'store'): options is DurableQueueOptions<never, unknown>;
function hasOption(options: AnyOptions, name: 'run'): options is MessageQueueOptions<never, unknown>;
function hasOption(options: AnyOptions, name: string): boolean {
  const given: unknown = options;
  return typeof given === 'object' && given !== null && Reflect.get(given, name) !== undefined;
}
