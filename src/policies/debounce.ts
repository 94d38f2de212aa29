/** Waits until a burst is over. */
import type { Policy } from '../core/policy.ts';
import { checkDuration, checkNumber } from './check-argument.ts';

/**
 * Starts nothing before the session has been quiet for `ms`: people send one thought in three
 * messages. Each arrival starts that time again, also of an entry that was dropped. At `maxMs` after
 * the first arrival it ends, however much still comes. Then everything that waits is passed on.
 *
 * The clocks run during a turn too, and nothing behind it in a pipe sees a burst before it is over:
 * `pipe(debounce(300, 2000), interrupt)` interrupts once, when all has been said.
 *
 * Both are in ms and finite: `ms` > 0, `maxMs` >= `ms`. There are no defaults.
 *
 * @throws RangeError or TypeError when they are not.
 *
 * @example
 * const queue = createSessionQueue({
 *   run: (turn: MessageTurn<string>) => turn.inputs.join(' '),
 *   policy: pipe(debounce(30, 200), collect()),
 * });
 * void queue.enqueue('ada', 'A table');
 * await new Promise((resolve) => setTimeout(resolve, 5));
 * assert.equal(await queue.enqueue('ada', 'for two'), 'A table for two');
 */
export function debounce(ms: number, maxMs: number): Policy {
  checkDuration('debounce: ms', ms);
  const isEnough = Number.isFinite(maxMs) && maxMs >= ms;
  checkNumber(isEnough, 'debounce: maxMs', maxMs, `milliseconds >= ms, which is ${ms}, and finite`);
  return function debounce({ waiting, nowMs, firstArrivalMs, lastArrivalMs }) {
    const dueMs = Math.min(lastArrivalMs + ms, firstArrivalMs + maxMs);
    // While a turn runs it holds as well: what comes behind may want to abort that turn, and needs the wake-up.
    return waiting.length === 0 || dueMs <= nowMs ? undefined : { start: [], wakeMs: dueMs };
  };
}
