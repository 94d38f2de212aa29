/** Queues that break what a turn promises: exclusion, order, what it is handed, what answers it, and its limits. */
import type { MessageTurn } from '#src/index.ts';
import type { Message, MessageQueueFactory, Setup } from '../recorder.ts';
import { madeFrom, withMethods, withParts, withTurns } from './broken-queue.ts';
import type { BrokenMessages } from './broken-queue.ts';

export const brokenTurns: readonly BrokenMessages[] = [
  {
    defect: 'interrupts without waiting for the old turn',
    breaks: 'one turn at a time',
    make: madeFrom((setup) => ({ ...setup, settings: { ...setup.settings, graceMs: 0 } })),
  },
  {
    defect: 'hands a message to the next turn too',
    breaks: 'one turn for each message',
    make: withTurns((turn, { ofSession }) => ({ inputs: [...(ofSession?.inputs ?? []), ...turn.inputs] })),
  },
  {
    defect: 'hands the messages of one session to another',
    breaks: 'nothing from nowhere',
    make: withTurns((turn, { ofAny }) => ({ inputs: ofAny?.inputs ?? turn.inputs })),
  },
  {
    defect: 'lets the oldest carry the turn',
    breaks: 'the newest carries the turn',
    make: withTurns((turn) => ({ input: turn.inputs[0] ?? turn.input })),
  },
  {
    defect: 'gives every turn the same epoch',
    breaks: 'epochs grow',
    make: withTurns(() => ({ epoch: 1 })),
  },
  {
    defect: 'pauses a moment later',
    breaks: 'a pause holds',
    make: withMethods((queue, _, clock) => ({ pause: (key) => clock.nextPass(() => queue.pause(key)) })),
  },
  {
    defect: 'calls itself closed before its turns are over',
    breaks: 'nothing starts after a close',
    make: withMethods((queue) => ({
      close: (options) => {
        void queue.close(options);
        return Promise.resolve({ unstarted: [], stuck: [] });
      },
    })),
  },
  {
    defect: 'hands a turn its messages in reverse',
    breaks: 'in order',
    make: withTurns((turn) => ({ inputs: turn.inputs.toReversed() })),
  },
  {
    defect: 'hides what waits from a turn that takes it',
    breaks: 'take takes all that waits',
    make: withTurns(() => ({ take: () => [] })),
  },
  {
    defect: 'gives a turn that was aborted what it took before, again',
    breaks: 'a turn that is over takes nothing',
    make: withTurns((turn) => {
      let before: readonly Message[] = turn.inputs;
      return {
        take: () => {
          const taken = turn.take();
          if (taken.length > 0) before = taken;
          return turn.signal.aborted ? before : taken;
        },
      };
    }),
  },
  {
    defect: 'lets a message that waits already answer',
    breaks: 'receive gives the first that comes after the call',
    make: withTurns((turn) => ({ receive: async (timeoutMs) => turn.take()[0] ?? turn.receive(timeoutMs) })),
  },
  {
    defect: 'waits no longer for an answer than it likes',
    breaks: 'receive waits as long as asked',
    make: withTurns((turn) => ({ receive: (timeoutMs) => turn.receive(Math.min(timeoutMs, 10)) })),
  },
  {
    defect: 'keeps the slot of a turn that waits for an answer',
    breaks: 'works while there is work',
    make: keepsSlots,
  },
  {
    defect: 'has one slot more than allowed',
    breaks: 'no more turns than slots',
    make: madeFrom((setup) => {
      const { concurrency = Infinity } = setup.settings;
      return { ...setup, settings: { ...setup.settings, concurrency: concurrency + 1 } };
    }),
  },
  {
    defect: 'takes an arrival for progress',
    breaks: 'no turn idles longer than its limit',
    make: feedsOnArrivals,
  },
  {
    defect: 'knows no limit to a turn',
    breaks: 'no turn runs longer than its limit',
    make: madeFrom((setup) => ({ ...setup, settings: { ...setup.settings, timeoutMs: undefined } })),
  },
  {
    defect: 'lets messages wait on when their time to live is over',
    breaks: 'nothing waits longer than its time to live',
    make: withMethods((queue) => ({
      enqueue: (key, message, options) => queue.enqueue(key, message, { ...options, ttlMs: undefined }),
    })),
  },
];

// It waits by itself, so the real queue knows nothing of that; what has come is taken then.
function keepsSlots(...[setup, clock]: Parameters<MessageQueueFactory>): ReturnType<MessageQueueFactory> {
  const answers = new Map<string, () => void>();
  const run: Setup['run'] = (turn) => {
    const receive = (timeoutMs: number): Promise<Message | undefined> => {
      const answer = new Promise<Message | undefined>((resolve) => {
        if (timeoutMs !== Infinity) clock.setTimer(() => resolve(undefined), timeoutMs);
        answers.set(turn.key, () => resolve(turn.take().at(-1)));
        turn.signal.addEventListener('abort', () => resolve(undefined));
      });
      return answer.finally(() => answers.delete(turn.key));
    };
    return setup.run(withParts(turn, { receive }));
  };
  const make = withMethods((queue) => ({
    enqueue: (key, ...rest) => {
      const ticket = queue.enqueue(key, ...rest);
      answers.get(key)?.();
      return ticket;
    },
  }));
  return make({ ...setup, run }, clock);
}

function feedsOnArrivals(...[setup, clock]: Parameters<MessageQueueFactory>): ReturnType<MessageQueueFactory> {
  const running = new Map<string, MessageTurn<Message>>();
  const run: Setup['run'] = (turn) => {
    running.set(turn.key, turn);
    return setup.run(turn);
  };
  const make = withMethods((queue) => ({
    enqueue: (key, ...rest) => {
      running.get(key)?.progress();
      return queue.enqueue(key, ...rest);
    },
  }));
  return make({ ...setup, run }, clock);
}
