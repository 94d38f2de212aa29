/** A limit to how long anything waits. */
import type { Policy } from '../core/policy.ts';
import { checkDuration } from './check-argument.ts';

/**
 * Drops what has waited for `ms` or longer with `expired`, at that time. Each entry's clock starts
 * with its `enqueue`, and stops when its turn starts: a turn is never touched.
 *
 * `ms` is in ms, > 0 and finite. It has no default. An entry's own `ttlMs` holds beside it.
 *
 * @throws RangeError or TypeError when it is something else.
 *
 * @example
 * const queue = createSessionQueue({ policy: ttl(50) });
 * const slow = queue.enqueue('ada', () => new Promise((resolve) => setTimeout(resolve, 200)));
 * await assert.rejects(
 *   queue.enqueue('ada', () => 'too late'),
 *   { code: 'expired' },
 * );
 * await slow;
 */
export function ttl(ms: number): Policy {
  checkDuration('ttl: ms', ms);
  return function ttl({ waiting, nowMs }) {
    const expired = waiting.filter((entry) => entry.enqueuedMs + ms <= nowMs);
    const wakeMs = waiting.reduce((earliestMs, { enqueuedMs }) => {
      const expiryMs = enqueuedMs + ms;
      return expiryMs > nowMs ? Math.min(earliestMs, expiryMs) : earliestMs;
    }, Infinity);
    return {
      ...(expired.length > 0 && { drop: expired.map((entry) => ({ entry, reason: 'expired' })) }),
      ...(wakeMs < Infinity && { wakeMs }),
    };
  };
}
