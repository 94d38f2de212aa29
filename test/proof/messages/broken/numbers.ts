/** Queues of messages that miscount, leave something behind, or run a caller's code inside `enqueue`. */
import type { MessageQueueFactory, Setup } from '../recorder.ts';
import { madeFrom, withMethods, withParts } from './broken-queue.ts';
import type { BrokenMessages } from './broken-queue.ts';

export const brokenNumbers: readonly BrokenMessages[] = [
  {
    defect: 'no longer counts what a turn has taken',
    breaks: 'pending is exact',
    make: forgetsTaken,
  },
  {
    defect: 'leaves a timer of each turn behind',
    breaks: 'an idle session leaves nothing',
    make: (setup, clock) => {
      const make = madeFrom(() => ({
        ...setup,
        run: (turn) => {
          clock.setTimer(() => undefined, 1_000_000_000);
          return setup.run(turn);
        },
      }));
      return make(setup, clock);
    },
  },
  {
    defect: 'tells of a drop inside enqueue',
    breaks: 'no user code inside enqueue',
    make: withMethods((queue, { onDrop }) => ({
      enqueue: (key, message, options) => {
        if (queue.pending(key) > 0) onDrop({ key, id: '', message, code: 'full' });
        return queue.enqueue(key, message, options);
      },
    })),
  },
];

function forgetsTaken(...[setup, clock]: Parameters<MessageQueueFactory>): ReturnType<MessageQueueFactory> {
  const taken = new Map<string, number>();
  const run: Setup['run'] = (turn) => {
    taken.delete(turn.key);
    const take = (): ReturnType<typeof turn.take> => {
      const messages = turn.take();
      taken.set(turn.key, messages.length);
      return messages;
    };
    return setup.run(withParts(turn, { take }));
  };
  const make = withMethods((queue) => ({
    pending: (key) => queue.pending(key) - (key === undefined ? 0 : (taken.get(key) ?? 0)),
  }));
  return make({ ...setup, run }, clock);
}
