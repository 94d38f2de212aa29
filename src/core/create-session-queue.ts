/** Where a queue comes from. */
import type { QueueOptions, SessionQueue } from './session-queue.ts';

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
  throw new Error(`not built yet ${String(options)}`);
}
