/** The same id is the same message. */
import type { Case } from './case.ts';
import { endOf, rejection, same, says, until } from './expect.ts';

export const idCases: readonly Case[] = [
  {
    says: 'joins a second enqueue with the same id to the first while that waits, runs, and after its end',
    async run(stage) {
      const queue = stage.open();
      const busy = await stage.busy(queue, 'ada');
      const gate = stage.gate('a');
      const tickets = [queue.enqueue('ada', 'a', { id: 'same' })];
      tickets.push(queue.enqueue('ada', 'again', { id: 'same' }));
      same(await queue.pending('ada'), 2, 'pending');
      busy.open();
      await gate.reached;
      tickets.push(queue.enqueue('ada', 'again', { id: 'same' }));
      gate.open();
      await tickets[0];
      tickets.push(queue.enqueue('ada', 'again', { id: 'same' }));
      same(await Promise.all(tickets), ['did a', 'did a', 'did a', 'did a']);
      same(stage.started.slice(1), ['a']);
    },
  },
  {
    says: 'knows an id within its session only',
    async run(stage) {
      const queue = stage.open();
      await queue.enqueue('ada', 'a', { id: 'same' });
      same(await queue.enqueue('ben', 'b', { id: 'same' }), 'did b');
    },
  },
  {
    says: 'joins a redelivery in a later life, of an entry that has ended and of one that waits',
    needs: ['restart'],
    async run(stage) {
      let queue = stage.open();
      await queue.enqueue('ada', 'a', { id: 'ended' });
      await queue.pause();
      const waits = queue.enqueue('ada', 'b', { id: 'waits' });
      await waits.accepted;
      queue = await stage.reopen();
      same(await queue.enqueue('ada', 'again', { id: 'ended' }), 'did a');
      same(await queue.enqueue('ada', 'again', { id: 'waits' }), 'did b');
      same(stage.started, ['a', 'b']);
    },
  },
  {
    says: 'lets an id come again whose entry was dropped',
    async run(stage) {
      const queue = stage.open();
      const gate = await stage.busy(queue, 'ada');
      const dropped = queue.enqueue('ada', 'a', { id: 'same' });
      await dropped.accepted;
      dropped.cancel();
      same(await endOf(dropped), 'dropped cancelled');
      const again = queue.enqueue('ada', 'b', { id: 'same' });
      gate.open();
      same(await again, 'did b');
      same(await queue.ticket('ada', 'same'), 'did b');
    },
  },
  {
    says: 'joins a redelivery that comes in the very moment in which its entry ends',
    needs: ['take'],
    async run(stage) {
      const queue = stage.open({
        run: async (turn) => {
          stage.noteStart(String(turn.input));
          stage.running -= 1;
          if (turn.input !== 'a') return turn.input;
          await taken.accepted;
          await stage.hasWaiting(queue, 'ada', 1);
          turn.take();
          turn.acknowledge();
          return endOf(queue.enqueue('ada', 'again', { id: 'same' }));
        },
      });
      const first = queue.enqueue('ada', 'a', { id: 'first' });
      const taken = queue.enqueue('ada', 'b', { id: 'same' });
      same(await first, 'merged into first');
      same(await endOf(taken), 'merged into first');
      same(stage.started, ['a']);
    },
  },
  {
    says: 'remembers no more ended ids than rememberMax',
    async run(stage) {
      const queue = stage.open({ rememberMs: 1 });
      await queue.enqueue('ada', 'a', { id: 'same' });
      const endedMs = Date.now();
      // The wall clock is what counts, and it is coarse.
      await until(() => Date.now() > endedMs + 1);
      same(await queue.enqueue('ada', 'b', { id: 'same' }), 'did b', 'after rememberMs');
    },
  },
  {
    says: 'refuses ids that begin with #, which are those that it gives',
    async run(stage) {
      const queue = stage.open();
      const error = await rejection(queue.enqueue('ada', 'a', { id: '#1' }));
      says(error.message, 'enqueue', 'id', '"#1"');
      same(await queue.pending(), 0, 'pending');
      const ticket = queue.enqueue('ada', 'a');
      same(ticket.id.startsWith('#'), true, 'whether its own id begins with #');
      same(await ticket, 'did a');
    },
  },
];
