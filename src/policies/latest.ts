/** Only the newest counts, but a turn that runs may end. */
import type { Plan, PolicyView } from '../core/policy.ts';

/**
 * Lets at most one entry wait: the newest. All others that wait are dropped with `replaced`, while
 * the running turn goes on. The newest is the one that arrived last, whatever its priority.
 *
 * @example
 * const queue = createSessionQueue({ policy: latest });
 * const old = assert.rejects(
 *   queue.enqueue('ada', () => 'draft'),
 *   { code: 'replaced' },
 * );
 * assert.equal(await queue.enqueue('ada', () => 'final'), 'final');
 * await old;
 */
export function latest({ waiting }: PolicyView): Plan | undefined {
  if (waiting.length < 2) return undefined;
  const newest = waiting.reduce((one, other) => (other.arrival > one.arrival ? other : one));
  const replaced = waiting.filter((entry) => entry !== newest);
  return { drop: replaced.map((entry) => ({ entry, reason: 'replaced' })) };
}
