/** The policy that leaves everything as it is. */

/**
 * Starts one entry after another, first in, first out: what a queue does without a policy. It drops
 * nothing and has no limit of its own. In a pipe it passes on what it sees, so that
 * `pipe(fifo, ...list)` composes a list of any length.
 *
 * @example
 * const queue = createSessionQueue({ policy: fifo });
 * const results = [queue.enqueue('ada', () => 'first'), queue.enqueue('ada', () => 'second')];
 * assert.deepEqual(await Promise.all(results), ['first', 'second']);
 */
export function fifo(): undefined {
  return undefined;
}
