/** The calls that control a queue. */
import type { Case } from './case.ts';
import { endOf, holds, rejection, same } from './expect.ts';

export const controlCases: readonly Case[] = [
  {
    says: 'takes all of a session at once by cancel, and hands back what has not run, in order',
    async run(stage) {
      const queue = stage.open();
      const gate = stage.gate('a');
      const tickets = ['a', 'b', 'c'].map((name) => queue.enqueue('ada', name, { id: name }));
      const other = queue.enqueue('ben', 'other');
      await gate.reached;
      const ends = tickets.map((ticket) => endOf(ticket));
      same(await queue.cancel('ada'), [
        { key: 'ada', id: 'b', message: 'b' },
        { key: 'ada', id: 'c', message: 'c' },
      ]);
      same(await Promise.all(ends), ['failed cancelled', 'dropped cancelled', 'dropped cancelled']);
      same(await other, 'did other');
      same(await queue.enqueue('ada', 'again', { id: 'b' }), 'did again');
      same(await queue.cancel('nobody'), []);
    },
  },
  {
    says: 'does not bring back in a later life what was cancelled',
    needs: ['restart'],
    async run(stage) {
      let queue = stage.open();
      await queue.pause();
      const tickets = ['a', 'b'].map((name) => queue.enqueue('ada', name, { id: name }));
      await Promise.all(tickets.map(({ accepted }) => accepted));
      for (const ticket of tickets) void ticket.outcome;
      await queue.cancel('ada');
      queue = await stage.reopen();
      same(await queue.pending(), 0, 'pending');
      await rejection(queue.ticket('ada', 'a'), 'unknown');
    },
  },
  {
    says: 'starts nothing of a session that is paused, and goes on where it was when it is resumed',
    async run(stage) {
      const queue = stage.open();
      await queue.pause('ada');
      const tickets = ['a', 'b'].map((name) => queue.enqueue('ada', name));
      await queue.enqueue('ben', 'c');
      // Where no process has the session, none shows it.
      same([stage.started, queue.inspect('ada')?.state ?? 'paused'], [['c'], 'paused']);
      await queue.resume('ada');
      await Promise.all(tickets);
      await queue.pause();
      const last = queue.enqueue('ben', 'd');
      await last.accepted;
      same(stage.started, ['c', 'a', 'b']);
      await queue.resume();
      same(await last, 'did d');
    },
  },
  {
    says: 'takes no more when it is stopped, and runs what it has',
    async run(stage) {
      const queue = stage.open();
      const gate = await stage.busy(queue, 'ada');
      const waits = queue.enqueue('ada', 'a', { id: 'a' });
      queue.stop();
      const error = await rejection(queue.enqueue('ada', 'b'), 'stopped');
      same(error.message, 'Queue has been stopped');
      same(await queue.pending('ada'), 2, 'pending');
      gate.open();
      same(await waits, 'did a');
      same(await queue.enqueue('ada', 'again', { id: 'a' }), 'did a', 'a redelivery of what it has');
    },
  },
  {
    says: 'resolves drained when nothing waits or runs',
    async run(stage) {
      const queue = stage.open();
      await queue.drained();
      const tickets = ['a', 'b', 'c'].map((name) => queue.enqueue(name, name));
      await queue.drained();
      same([await queue.pending(), stage.started.length], [0, 3]);
      await Promise.all(tickets);
    },
  },
  {
    says: 'lets all that is queued run before it is closed, unless it is given less time',
    async run(stage) {
      const queue = stage.open();
      const tickets = ['a', 'b', 'c'].map((name) => queue.enqueue('ada', name));
      same(await queue.close(), { unstarted: [], stuck: [] });
      same(await Promise.all(tickets), ['did a', 'did b', 'did c']);
    },
  },
  {
    says: 'keeps what never started when it is closed, hands it back, and runs it in the next life in order',
    needs: ['restart'],
    async run(stage) {
      let queue = stage.open();
      const gate = stage.gate('a');
      const tickets = ['a', 'b', 'c'].map((name) => queue.enqueue('ada', name, { id: name }));
      const other = queue.enqueue('ben', 'd', { id: 'd' });
      await other;
      await gate.reached;
      const ends = tickets.map((ticket) => endOf(ticket));
      const { unstarted, stuck } = await queue.close({ drainMs: 0 });
      same(unstarted, [
        { key: 'ada', id: 'b', message: 'b' },
        { key: 'ada', id: 'c', message: 'c' },
      ]);
      same(stuck, []);
      same(await Promise.all(ends), ['failed closed', 'dropped closed', 'dropped closed']);
      gate.open();
      stage.started.length = 0;
      queue = await stage.reopen();
      await queue.drained();
      // A turn that the close has aborted was never dealt with, and has its place.
      same(stage.started, ['a', 'b', 'c']);
      same(await queue.ticket('ada', 'a'), 'did a');
    },
  },
  {
    says: 'can be closed twice, and answers every call behind it',
    async run(stage) {
      const queue = stage.open();
      const ended = queue.enqueue('ada', 'a', { id: 'a' });
      await ended;
      const reports = await Promise.all([queue.close(), queue.close()]);
      same(reports[0], reports[1], 'the second report');
      await queue[Symbol.asyncDispose]();
      await rejection(queue.enqueue('ada', 'b'), 'stopped');
      await rejection(queue.enqueue('ada', 'b', { id: 'b' }), 'stopped');
      await rejection(queue.ticket('ada', 'other'), 'closed');
      await rejection(queue.deadLetters.list(), 'closed');
      await rejection(queue.deadLetters.retry('ada'), 'closed');
      same([await queue.pending(), await queue.cancel('ada')], [0, []]);
      await queue.pause();
      await queue.resume();
    },
  },
  {
    says: 'refuses what is more than its limits allow',
    async run(stage) {
      const queue = stage.open({ maxPendingPerSession: 2, maxPending: 3 });
      const gate = await stage.busy(queue, 'ada');
      const waits = queue.enqueue('ada', 'a');
      await rejection(queue.enqueue('ada', 'b'), 'full');
      const other = await stage.busy(queue, 'ben');
      await rejection(queue.enqueue('cleo', 'c'), 'full');
      gate.open();
      other.open();
      same(await waits, 'did a');
    },
  },
  {
    says: 'shows who runs and who waits',
    needs: ['local'],
    async run(stage) {
      const queue = stage.open();
      const gate = await stage.busy(queue, 'ada');
      const waits = queue.enqueue('ada', 'a');
      const session = queue.inspect('ada');
      same([session?.state, session?.waiting], ['running', 1]);
      holds((session?.turn?.epoch ?? 0) > 0, 'the turn has an epoch');
      const { pending, waiting, running } = queue.inspect();
      same({ pending, waiting, running }, { pending: 2, waiting: 1, running: 1 });
      gate.open();
      await waits;
      same(queue.inspect('ada'), undefined);
    },
  },
];
