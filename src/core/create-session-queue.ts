/** Where a queue comes from. */
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import { readQueueOptions } from './queue-options.ts';
import type { QueueOptions, SessionQueue } from './session-queue.ts';
import { TaskQueue } from './task-queue.ts';

/**
 * Makes a queue. Without options it holds functions in memory and sets no limits.
 *
 * @throws TypeError or RangeError when an option is not what {@link QueueOptions} says, or unknown.
 *
 * @example
 * const queue = createSessionQueue({ concurrency: 8, timeoutMs: 30_000 });
 * assert.equal(await queue.enqueue('ada', async (turn) => turn.key), 'ada');
 */
export function createSessionQueue(options?: QueueOptions): SessionQueue {
  return createQueueWithClock(options, systemClock);
}

/** The same on a clock of the caller's, for tests. */
export function createQueueWithClock(options: QueueOptions | undefined, clock: Clock): SessionQueue {
  return new TaskQueue(readQueueOptions(options), clock);
}
