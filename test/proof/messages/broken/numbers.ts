/** Queues of messages that miscount, leave something behind, or run a caller's code inside `enqueue`. */
import { AsyncLocalStorage } from 'node:async_hooks';
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
    defect: 'lets one more be pending than allowed',
    breaks: 'enqueue refuses what it has to, and nothing else',
    make: madeFrom((setup) => {
      const { maxPending = Infinity } = setup.settings;
      return { ...setup, settings: { ...setup.settings, maxPending: maxPending + 1 } };
    }),
  },
  {
    defect: 'has no room for the answer to a question',
    breaks: 'enqueue refuses what it has to, and nothing else',
    make: withMethods((queue, { settings: { maxPendingPerSession = Infinity } }) => ({
      enqueue: (key, message, options) => {
        const isFull = queue.pending(key) >= maxPendingPerSession;
        return queue.enqueue(key, message, isFull ? { ...options, signal: AbortSignal.abort() } : options);
      },
    })),
  },
  {
    defect: 'refuses what a turn enqueues',
    breaks: 'enqueue refuses what it has to, and nothing else',
    make: refusesWithinTurns,
  },
  {
    defect: 'says that it is drained without looking',
    breaks: 'drained means nothing is left',
    make: withMethods(() => ({ drained: () => Promise.resolve() })),
  },
  {
    defect: 'never tells that it is drained when it was stopped meanwhile',
    breaks: 'drained means nothing is left',
    make: withMethods((queue) => {
      let isStopped = false;
      return {
        stop: () => {
          isStopped = true;
          queue.stop();
        },
        drained: () => queue.drained().then(() => (isStopped ? new Promise(() => undefined) : undefined)),
      };
    }),
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

function refusesWithinTurns(...[setup, clock]: Parameters<MessageQueueFactory>): ReturnType<MessageQueueFactory> {
  const turns = new AsyncLocalStorage<boolean>();
  const make = withMethods((queue) => ({
    enqueue: (key, message, options) => {
      const isInside = turns.getStore() === true;
      return queue.enqueue(key, message, isInside ? { ...options, signal: AbortSignal.abort() } : options);
    },
  }));
  return make({ ...setup, run: (turn) => turns.run(true, () => setup.run(turn)) }, clock);
}
