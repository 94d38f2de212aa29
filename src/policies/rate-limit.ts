/** A limit to how often a session starts a turn. */
import type { Policy } from '../core/policy.ts';
import { checkCount, checkDuration } from './check-argument.ts';

/**
 * Starts at most `n` turns of a session in any time of `perMs`, and holds what comes too soon until
 * it may start. Nothing is dropped: put `cap`, `latest` or `reject` before it where waiting is no
 * answer. The clock is that of the starts, whatever becomes of a turn: one that started at t no
 * longer counts at t + `perMs`. Nothing behind it in a pipe sees what it holds.
 *
 * `n` is an integer >= 1, `perMs` is in ms, > 0 and finite. There are no defaults. A session's last
 * starts are remembered for `perMs`, even if it is idle meanwhile.
 *
 * @throws RangeError or TypeError when they are something else.
 *
 * @example
 * const queue = createSessionQueue({ policy: rateLimit(2, 50) });
 * const startsMs: number[] = [];
 * const note = () => queue.enqueue('ada', () => startsMs.push(performance.now()));
 * await Promise.all([note(), note(), note()]);
 * const [first = 0, , third = 0] = startsMs;
 * assert.ok(third - first > 40);
 */
export function rateLimit(n: number, perMs: number): Policy {
  checkCount('rateLimit: n', n);
  checkDuration('rateLimit: perMs', perMs);
  const policy: Policy = function rateLimit({ waiting, nowMs, startsMs }) {
    // Fewer than n starts lie within perMs if, and only if, the n-th before now does not.
    const againMs = (startsMs.at(-n) ?? -Infinity) + perMs;
    return waiting.length === 0 || againMs <= nowMs ? undefined : { start: [], wakeMs: againMs };
  };
  return Object.assign(policy, { remembers: { starts: n, forMs: perMs } });
}
