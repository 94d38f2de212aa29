/** Queues that break what a ticket promises: one outcome, the right one, who is told of it, and what an id means. */
import type { TicketOutcome } from '#src/index.ts';
import type { MessageQueueFactory, ProvedTicket, Setup } from '../recorder.ts';
import { madeFrom, withMethods, withTickets, withTurns } from './broken-queue.ts';
import type { BrokenMessages } from './broken-queue.ts';

const never: Promise<never> = new Promise(() => undefined);

export const brokenTickets: readonly BrokenMessages[] = [
  {
    defect: 'drops the promise of a message that another one carried',
    breaks: 'nothing is lost',
    make: withTickets((ticket) => ({
      outcome: ticket.outcome.then((outcome) => (outcome.type === 'merged' ? never : outcome)),
    })),
  },
  {
    defect: 'calls the observers of a ticket twice',
    breaks: 'settled once',
    make: withTickets((ticket) => ({ result: callingTwice(ticket) })),
  },
  {
    defect: 'rejects with another reason than its outcome gives',
    breaks: 'a ticket tells one story',
    make: withTickets((ticket) => ({ result: plain(ticket).catch(() => Promise.reject(new Error('something'))) })),
  },
  {
    defect: 'calls a failure of its handler a value',
    breaks: 'the right outcome',
    make: withTickets((ticket) => ({
      outcome: ticket.outcome.then((told): TicketOutcome<unknown> => {
        const isSwallowed = told.type === 'failed' && told.code === undefined;
        return isSwallowed ? { type: 'done', value: undefined } : told;
      }),
    })),
  },
  {
    defect: 'calls what a failed turn had taken dealt with',
    breaks: 'merged into its own turn',
    make: withTurns((turn) => ({
      take: () => {
        const taken = turn.take();
        turn.acknowledge();
        return taken;
      },
    })),
  },
  {
    defect: 'gives the value of a turn to every ticket of it',
    breaks: 'one ticket carries the value',
    make: givesToAll,
  },
  {
    defect: 'lets the value of an aborted turn surface',
    breaks: 'the value of an aborted turn never surfaces',
    make: letsSurface,
  },
  {
    defect: 'accepts what its policy refused',
    breaks: 'accepted tells what was taken in',
    make: withTickets((ticket) => ({ accepted: ticket.outcome.then(() => undefined) })),
  },
  {
    defect: 'tells onDrop nothing of those that wait too long',
    breaks: 'onDrop tells every loss once',
    make: madeFrom((setup) => ({
      ...setup,
      onDrop: (dropped) => {
        if (dropped.code !== 'expired') setup.onDrop(dropped);
      },
    })),
  },
  {
    defect: 'remembers the id of a message that was dropped',
    breaks: 'an unknown id makes a new entry',
    make: withMethods((queue) => {
      const dropped = new Map<string, ProvedTicket>();
      return {
        enqueue: (key, message, options) => {
          const name = JSON.stringify([key, options.id]);
          const known = options.id === undefined ? undefined : dropped.get(name);
          if (known !== undefined) return known;
          const ticket = queue.enqueue(key, message, options);
          void ticket.outcome.then(({ type }) => type === 'dropped' && dropped.set(name, ticket));
          return ticket;
        },
      };
    }),
  },
  {
    defect: 'knows no ids of one of two senders',
    breaks: 'the same id gives the same ticket while it is known',
    make: withMethods((queue) => ({
      enqueue: (key, message, options) =>
        queue.enqueue(key, message, message.sender === 'ada' ? options : { ...options, id: undefined }),
    })),
  },
  {
    defect: 'remembers one id more than it may',
    breaks: 'an unknown id makes a new entry',
    make: madeFrom((setup) => {
      const { rememberMax = Infinity } = setup.settings;
      return { ...setup, settings: { ...setup.settings, rememberMax: rememberMax + 1 } };
    }),
  },
  {
    defect: 'remembers one id less than it should',
    breaks: 'the same id gives the same ticket while it is known',
    make: madeFrom((setup) => {
      const { rememberMax = Infinity } = setup.settings;
      return { ...setup, settings: { ...setup.settings, rememberMax: Math.max(1, rememberMax - 1) } };
    }),
  },
  {
    defect: 'says of a ticket that it was cancelled, and lets it run',
    breaks: 'a ticket takes back what it says',
    make: withTickets(() => ({ cancel: () => true })),
  },
  {
    defect: 'cancels whatever waits a moment later',
    breaks: 'cancel takes all that waits',
    make: withMethods((queue, _, clock) => ({
      cancel: (key) => {
        clock.setTimer(() => queue.cancel(key), 5);
        return [];
      },
    })),
  },
  {
    defect: 'hands nothing back when it closes',
    breaks: 'close hands back who waited',
    make: withMethods((queue) => ({
      close: async (options) => ({ ...(await queue.close(options)), unstarted: [] }),
    })),
  },
];

function callingTwice(ticket: ProvedTicket): Promise<unknown> {
  const result = plain(ticket);
  const then = result.then.bind(result);
  result.then = (...callbacks) => {
    void then(...callbacks);
    return then(...callbacks);
  };
  return result;
}

function givesToAll(...made: Parameters<MessageQueueFactory>): ReturnType<MessageQueueFactory> {
  const tickets = new Map<string, ProvedTicket>();
  const make = withTickets((ticket) => {
    tickets.set(ticket.id, ticket);
    const carrier = ticket.outcome.then((told) => (told.type === 'merged' ? tickets.get(told.into) : undefined));
    return { result: plain(carrier.then((other) => other ?? ticket)) };
  });
  return make(...made);
}

function letsSurface(...[setup, clock]: Parameters<MessageQueueFactory>): ReturnType<MessageQueueFactory> {
  const results = new Map<number, unknown>();
  const make = withTickets((ticket, { entry }) => ({
    result: plain(ticket).catch((error: unknown) => results.get(entry) ?? Promise.reject(error)),
  }));
  const run: Setup['run'] = (turn) => {
    const result = setup.run(turn);
    results.set(turn.input.entry, result);
    return result;
  };
  return make({ ...setup, run }, clock);
}

/** What it says, as a promise that is no ticket. */
function plain(ticket: Promise<unknown>): Promise<unknown> {
  return new Promise((resolve) => resolve(ticket));
}
