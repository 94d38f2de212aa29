/** One turn for everything that has come meanwhile. */
import type { MessagePolicy, PolicyView } from '../core/policy.ts';
import { checkFunction } from './check-argument.ts';

/**
 * Gives everything that waits to one turn, in the order of arrival. One ticket of the turn carries
 * its value, the others end `merged`.
 *
 * With `same`, a turn takes only what belongs together: entries from the head of the line for as
 * long as `same(one, next)` is true for each message and the one behind it. The others wait for
 * the next turn. By default all belong together.
 *
 * Only a queue of messages (`run`) can have it.
 *
 * @throws TypeError when `same` is not a function.
 *
 * @example
 * const queue = createSessionQueue({
 *   run: (turn: MessageTurn<string>) => turn.inputs.join(' '),
 *   policy: collect(),
 * });
 * const first = queue.enqueue('ada', 'A table');
 * assert.equal(await queue.enqueue('ada', 'for two'), 'A table for two');
 * assert.equal((await first.outcome).type, 'merged');
 */
export function collect<Message>(same: (one: Message, next: Message) => boolean = () => true): MessagePolicy<Message> {
  checkFunction('collect: same', same);
  const policy = function collect({ waiting, running }: PolicyView<Message>) {
    if (running !== undefined || waiting.length === 0) return undefined;
    const end = waiting.findIndex((next, index) => {
      const one = waiting[index - 1];
      return one !== undefined && !same(one.message, next.message);
    });
    return { start: end === -1 ? waiting : waiting.slice(0, end) };
  };
  return Object.assign(policy, { needsMessages: true } as const);
}
