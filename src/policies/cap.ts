/** A limit to what waits in one session. */
import type { Policy } from '../core/policy.ts';
import { checkCount, checkKind } from './check-argument.ts';

/**
 * Lets at most `n` entries of a session wait, and drops the others with `full`: the `oldest`, or
 * the `newest`, by the order of arrival, whatever their priority. The running turn doesn't count;
 * an entry that is about to start does, therefore `n` is at least 1.
 *
 * `n` is an integer. Neither has a default: who is to lose is a question of what the entries mean.
 *
 * @throws RangeError or TypeError when they are something else.
 *
 * @example
 * const queue = createSessionQueue({ policy: cap(2, 'oldest') });
 * const results = ['one', 'two', 'three'].map((name) => queue.enqueue('ada', () => name));
 * const [one, two, three] = await Promise.allSettled(results);
 * assert.equal(one?.status === 'rejected' && one.reason.code, 'full');
 * assert.equal(two?.status === 'fulfilled' && two.value, 'two');
 * assert.equal(three?.status === 'fulfilled' && three.value, 'three');
 */
export function cap(n: number, who: 'oldest' | 'newest'): Policy {
  checkCount('cap: n', n);
  checkKind(['oldest', 'newest'].includes(who), 'cap: who', who, '"oldest" or "newest"');
  return function cap({ waiting }) {
    if (waiting.length <= n) return undefined;
    const byArrival = waiting.toSorted((one, other) => one.arrival - other.arrival);
    const excess = who === 'oldest' ? byArrival.slice(0, -n) : byArrival.slice(n);
    return { drop: excess.map((entry) => ({ entry, reason: 'full' })) };
  };
}
