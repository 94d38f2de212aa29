/** Where a queue comes from. */
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import { HandlerQueue } from './handler-queue.ts';
import type { MessageQueue, MessageQueueOptions } from './message-queue.ts';
import type { QueueOptions, SessionQueue } from './session-queue.ts';
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
  options: MessageQueueOptions<Message, Result>,
): MessageQueue<Message, Result>;
export function createSessionQueue(options?: AnyOptions): unknown {
  return makeQueue(options, systemClock);
}

/** The same on a clock of the caller's, for tests. */
export function createQueueWithClock(options: QueueOptions | undefined, clock: Clock): SessionQueue;
export function createQueueWithClock<Message, Result>(
  options: MessageQueueOptions<Message, Result>,
  clock: Clock,
): MessageQueue<Message, Result>;
export function createQueueWithClock(options: AnyOptions | undefined, clock: Clock): unknown {
  return makeQueue(options, clock);
}

type AnyOptions = QueueOptions | MessageQueueOptions<never, unknown>;

function makeQueue(options: AnyOptions = {}, clock: Clock): unknown {
  return isForMessages(options) ? new HandlerQueue(options, clock) : new TaskQueue(options, clock);
}

// An option that isn't an object at all is refused where options are read.
function isForMessages(options: AnyOptions): options is MessageQueueOptions<never, unknown> {
  const given: unknown = options;
  return typeof given === 'object' && given !== null && 'run' in given;
}
