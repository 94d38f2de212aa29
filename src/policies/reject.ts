/** One at a time: who comes to a busy session is sent away. */
import type { Plan, PolicyView } from '../core/policy.ts';

/**
 * Refuses what comes to a busy session, with `rejected`. A session is busy while a turn runs, even
 * one that was aborted and has not ended yet, and while an entry is first in line: of a burst the
 * first in line stays. Nothing waits behind a turn, so the callers decide whether to come again.
 *
 * @example
 * const queue = createSessionQueue({ policy: reject });
 * const first = queue.enqueue('ada', () => 'first');
 * await assert.rejects(
 *   queue.enqueue('ada', () => 'second'),
 *   { code: 'rejected' },
 * );
 * assert.equal(await first, 'first');
 */
export function reject({ waiting, running }: PolicyView): Plan | undefined {
  const refused = running === undefined ? waiting.slice(1) : waiting;
  return refused.length === 0 ? undefined : { drop: refused.map((entry) => ({ entry, reason: 'rejected' })) };
}
