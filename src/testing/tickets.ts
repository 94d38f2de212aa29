/** What a ticket tells, and tickets by id. */
import type { Case } from './case.ts';
import { endOf, holds, rejection, same, says, until } from './expect.ts';

export const ticketCases: readonly Case[] = [
  {
    says: 'gives the caller the very value that its turn returned, also none at all',
    async run(stage) {
      const value = { list: [1, { deep: null }] };
      const queue = stage.open({ run: ({ input }) => (input === 'nothing' ? undefined : value) });
      holds((await queue.enqueue('ada', 'something')) === value, 'it is the same object');
      same(await queue.enqueue('ada', 'nothing'), undefined);
    },
  },
  {
    says: 'gives the caller the very error that its turn threw',
    async run(stage) {
      const thrown = new RangeError('no such table');
      const queue = stage.open({ run: () => Promise.reject(thrown) });
      holds((await rejection(queue.enqueue('ada', 'a'))) === thrown, 'it is the same error');
      const { outcome } = queue.enqueue('ada', 'b');
      same((await outcome).type, 'failed');
    },
  },
  {
    says: 'resolves accepted while the entry still waits',
    async run(stage) {
      const queue = stage.open();
      const gate = await stage.busy(queue, 'ada');
      const ticket = queue.enqueue('ada', 'a');
      await ticket.accepted;
      same(stage.started.length, 1, 'how many turns have started');
      gate.open();
      same(await ticket, 'did a');
    },
  },
  {
    says: 'gives a ticket by its id while the entry waits, runs, and after its end',
    async run(stage) {
      const queue = stage.open();
      const busy = await stage.busy(queue, 'ada');
      const gate = stage.gate('a');
      const given = queue.enqueue('ada', 'a');
      const tickets = [queue.ticket('ada', given.id)];
      busy.open();
      await gate.reached;
      tickets.push(queue.ticket('ada', given.id));
      gate.open();
      same(await given, 'did a');
      tickets.push(queue.ticket('ada', given.id));
      same(await Promise.all(tickets), ['did a', 'did a', 'did a']);
      same(
        tickets.map(({ id }) => id),
        [given.id, given.id, given.id],
        'their ids',
      );
      await Promise.all(tickets.map(({ accepted }) => accepted));
      same(tickets.at(-1)?.cancel(), false, 'what is left to cancel');
    },
  },
  {
    says: 'says of an id that it does not know, or that another session has, that it is unknown',
    async run(stage) {
      const queue = stage.open();
      await queue.enqueue('ada', 'a', { id: 'one' });
      says((await rejection(queue.ticket('ada', 'other'), 'unknown')).message, '"ada"', '"other"');
      await rejection(queue.ticket('ben', 'one'), 'unknown');
      await rejection(queue.ticket('ben', 'one').accepted, 'unknown');
    },
  },
  {
    says: 'knows in a later life how an entry ended',
    needs: ['restart'],
    async run(stage) {
      let queue = stage.open({
        run: async (turn) => {
          if (turn.input === 'a value') return { answer: [42, null] };
          if (turn.input === 'no value') return undefined;
          if (turn.input === 'cancelled') await stage.gate('cancelled').pass(turn.signal);
          throw new RangeError('it is too much');
        },
      });
      await queue.enqueue('ada', 'a value', { id: 'done' });
      await queue.enqueue('ada', 'no value', { id: 'empty' });
      await rejection(queue.enqueue('ada', 'an error', { id: 'failed' }));
      const cancelled = queue.enqueue('ada', 'cancelled', { id: 'cancelled' });
      await until(() => queue.inspect('ada')?.turn !== undefined);
      cancelled.cancel();
      await rejection(cancelled, 'cancelled');
      queue = await stage.reopen();
      same(await queue.ticket('ada', 'done'), { answer: [42, null] });
      same(await queue.ticket('ada', 'empty'), undefined);
      const error = await rejection(queue.ticket('ada', 'failed'));
      same([error.name, error.message], ['RangeError', 'it is too much']);
      same(await endOf(queue.ticket('ada', 'failed')), 'failed it is too much');
      same(await endOf(queue.ticket('ada', 'cancelled')), 'failed cancelled');
      same(stage.started, [], 'what the second life has run');
    },
  },
  {
    says: 'gives a ticket in a later life for an entry that still waits',
    needs: ['restart'],
    async run(stage) {
      let queue = stage.open();
      await queue.pause();
      const given = queue.enqueue('ada', 'a');
      await given.accepted;
      void given.outcome;
      queue = await stage.reopen();
      const ticket = queue.ticket('ada', given.id);
      await ticket.accepted;
      same(await ticket, 'did a');
      same(await queue.ticket('ada', given.id), 'did a', 'once more');
    },
  },
  {
    says: 'takes an entry back by its ticket, while it waits and while it runs',
    async run(stage) {
      const queue = stage.open();
      const gate = stage.gate('runs');
      const runs = queue.enqueue('ada', 'runs', { id: 'runs' });
      const waits = queue.enqueue('ada', 'waits', { id: 'waits' });
      const next = queue.enqueue('ada', 'next');
      await gate.reached;
      same(queue.ticket('ada', 'waits').cancel(), true);
      same(await endOf(waits), 'dropped cancelled');
      same(queue.ticket('ada', 'runs').cancel(), true);
      same(await endOf(runs), 'failed cancelled');
      same(await next, 'did next');
      same(stage.started, ['runs', 'next']);
      same(runs.cancel(), false, 'what is left to cancel');
    },
  },
];
