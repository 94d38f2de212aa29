/** A process that dies in the middle of it. */
import type { Case } from './case.ts';
import { endOf, same, until } from './expect.ts';

export const crashCases: readonly Case[] = [
  {
    says: 'runs after a crash whatever was accepted and had not ended, each session in its order',
    needs: ['crash'],
    async run(stage) {
      let queue = stage.open();
      await queue.enqueue('ada', 'ended', { id: 'ended' });
      const gate = stage.gate('runs');
      const tickets = ['runs', 'waits', 'last'].map((name) => queue.enqueue('ada', name, { id: name }));
      for (const ticket of tickets) void ticket.outcome;
      await gate.reached;
      await Promise.all(tickets.map(({ accepted }) => accepted));
      // The first life goes on waiting at the old one.
      stage.gate('runs').open();
      queue = await stage.crash();
      await queue.drained();
      same(stage.started, ['ended', 'runs', 'runs', 'waits', 'last']);
      same(await queue.ticket('ada', 'ended'), 'did ended');
      same(await queue.enqueue('ada', 'again', { id: 'waits' }), 'did waits');
    },
  },
  {
    says: 'has stored before a ticket is told how its entry ended, also when it was cancelled',
    needs: ['crash'],
    async run(stage) {
      let queue = stage.open();
      const gate = stage.gate('runs');
      const runs = queue.enqueue('ada', 'runs', { id: 'runs' });
      const waits = queue.enqueue('ada', 'waits', { id: 'waits' });
      await gate.reached;
      runs.cancel();
      waits.cancel();
      await Promise.allSettled([runs, waits]);
      await queue.enqueue('ada', 'done', { id: 'done' });
      queue = await stage.crash();
      same(await queue.pending(), 0, 'pending');
      same(await endOf(queue.ticket('ada', 'runs')), 'failed cancelled');
      same(await endOf(queue.ticket('ada', 'done')), 'done did done');
    },
  },
  {
    says: 'does not run again after a crash what cancel has handed back',
    needs: ['crash'],
    async run(stage) {
      let queue = stage.open();
      await queue.pause();
      await queue.enqueue('ada', 'a').accepted;
      const handedBack = await queue.cancel('ada');
      queue = await stage.crash();
      same([handedBack.length, await queue.pending()], [1, 0]);
    },
  },
  {
    says: 'tells a turn after a crash that it is not the first attempt, and gives it a greater epoch',
    needs: ['crash'],
    async run(stage) {
      const turns: { readonly attempt: number; readonly epoch: number }[] = [];
      const run = async ({ attempt, epoch }: (typeof turns)[number]): Promise<void> => {
        turns.push({ attempt, epoch });
        if (turns.length === 1) await stage.gate('never').pass(new AbortController().signal);
      };
      const queue = stage.open({ run, attempts: 3 });
      const ticket = queue.enqueue('ada', 'a', { id: 'a' });
      void ticket.outcome;
      await ticket.accepted;
      await until(() => turns.length > 0);
      await queue.enqueue('ben', 'b').accepted;
      const next = await stage.crash({ run, attempts: 3 });
      await next.ticket('ada', 'a');
      const [first, second] = [turns[0], turns.at(-1)];
      same([first?.attempt, second?.attempt], [1, 2]);
      same((second?.epoch ?? 0) > (first?.epoch ?? 0), true, 'whether its epoch is greater');
    },
  },
  {
    says: 'keeps dead letters, and attempts that have failed, over a crash',
    needs: ['crash', 'attempts', 'deadLetters'],
    async run(stage) {
      stage.fail('a');
      let queue = stage.open({ attempts: 2, backoff: { firstMs: 3_600_000, maxMs: 3_600_000 } });
      await endOf(queue.enqueue('ben', 'a', { id: 'dead', attempts: 1 }));
      const events = stage.listen(queue);
      void queue.enqueue('ada', 'a', { id: 'a' }).outcome;
      await until(() => events.some(({ type }) => type === 'retrying'));
      await queue.enqueue('cleo', 'meanwhile');
      queue = await stage.crash({ attempts: 2 });
      same(await endOf(queue.ticket('ada', 'a')), 'failed a failed');
      same(
        (await queue.deadLetters.list()).map(({ id, attempts }) => [id, attempts]),
        [
          ['dead', 1],
          ['a', 2],
        ],
      );
    },
  },
];
