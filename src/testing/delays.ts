/** Entries that come into line later. */
import type { Case } from './case.ts';
import { endOf, rejection, same, says, tellWrong, until } from './expect.ts';

const farMs = 3_600_000;

export const delayCases: readonly Case[] = [
  {
    says: 'lets an entry stand in line later, which holds nothing up and is not pending until then',
    needs: ['delay'],
    async run(stage) {
      const queue = stage.open();
      const delayed = queue.enqueue('ada', 'delayed', { delayMs: 50 });
      await delayed.accepted;
      same(await queue.pending('ada'), 0, 'pending');
      await queue.drained();
      same(await queue.enqueue('ada', 'now'), 'did now');
      same(await delayed, 'did delayed');
      same(stage.started, ['now', 'delayed']);
    },
  },
  {
    says: 'takes a time of the wall clock too, and what is past is now',
    needs: ['delay'],
    async run(stage) {
      const queue = stage.open();
      const later = queue.enqueue('ada', 'later', { at: new Date(Date.now() + 50) });
      const now = queue.enqueue('ada', 'now', { at: new Date(0) });
      await Promise.all([later, now]);
      same(stage.started, ['now', 'later']);
    },
  },
  {
    says: 'runs delayed entries in the order of their times, behind what was in line by then',
    needs: ['delay'],
    async run(stage) {
      const queue = stage.open();
      const gate = await stage.busy(queue, 'ada');
      const tickets = [
        queue.enqueue('ada', 'third', { delayMs: 60 }),
        queue.enqueue('ada', 'second', { delayMs: 20 }),
        queue.enqueue('ada', 'first'),
      ];
      await until(async () => (await queue.pending('ada')) === 4);
      gate.open();
      await Promise.all(tickets);
      same(stage.started, ['busy ada', 'first', 'second', 'third']);
    },
  },
  {
    says: 'keeps delayed entries over lives, those whose time came meanwhile too',
    needs: ['delay', 'restart'],
    async run(stage) {
      let queue = stage.open();
      await queue.enqueue('ada', 'soon', { id: 'soon', delayMs: 30 }).accepted;
      await queue.enqueue('ada', 'far', { id: 'far', delayMs: farMs }).accepted;
      queue = await stage.reopen();
      const soon = queue.ticket('ada', 'soon');
      same(await soon, 'did soon');
      same(await queue.pending(), 0, 'pending');
      const far = queue.ticket('ada', 'far');
      same(far.cancel(), true, 'whether the other one is still there');
      same(await endOf(far), 'dropped cancelled');
      queue = await stage.reopen();
      await rejection(queue.ticket('ada', 'far'), 'unknown');
    },
  },
  {
    says: 'keeps the place over lives that a delayed entry took when its time came',
    needs: ['delay', 'restart'],
    async run(stage) {
      let queue = stage.open();
      await queue.pause('ada');
      for (const ticket of [
        queue.enqueue('ada', 'second', { id: 'second', delayMs: 20 }),
        queue.enqueue('ada', 'first', { id: 'first' }),
      ]) {
        await ticket.accepted;
      }
      await until(async () => (await queue.pending('ada')) === 2);
      await queue.enqueue('ada', 'third', { id: 'third' }).accepted;
      queue = await stage.reopen();
      await queue.resume('ada');
      await Promise.all(['first', 'second', 'third'].map((id) => queue.ticket('ada', id)));
      same(stage.started, ['first', 'second', 'third']);
    },
  },
  {
    says: 'takes delayed entries back by cancel, by their tickets and by their signals',
    needs: ['delay'],
    async run(stage) {
      const queue = stage.open();
      const one = queue.enqueue('ada', 'one', { id: 'one', delayMs: farMs });
      const other = queue.enqueue('ben', 'other', { delayMs: farMs });
      same(await queue.cancel('ada'), [{ key: 'ada', id: 'one', message: 'one' }]);
      same(await endOf(one), 'dropped cancelled');
      same(other.cancel(), true);
      same(await endOf(other), 'dropped cancelled');
      const controller = new AbortController();
      const third = queue.enqueue('ben', 'third', { delayMs: farMs, signal: controller.signal });
      controller.abort();
      same(await endOf(third), 'dropped aborted');
      const again = queue.enqueue('ada', 'again', { id: 'one' });
      same(await again, 'did again', 'the id of one that was taken back');
    },
  },
  {
    says: 'leaves delayed entries stored when the queue is closed, and hands them back',
    needs: ['delay', 'restart', 'local'],
    async run(stage) {
      const queue = stage.open();
      const delayed = queue.enqueue('ada', 'delayed', { id: 'delayed', delayMs: 20 });
      void delayed.outcome;
      const gate = stage.gate('runs', 'stubborn');
      const runs = queue.enqueue('ben', 'runs');
      await gate.reached;
      const closed = queue.close();
      await new Promise((resolve) => setTimeout(resolve, 40));
      gate.open();
      const { unstarted } = await closed;
      same(await runs, 'did runs');
      same(unstarted, [{ key: 'ada', id: 'delayed', message: 'delayed' }]);
      same(await endOf(delayed), 'dropped closed');
      same(await (await stage.reopen()).ticket('ada', 'delayed'), 'did delayed');
    },
  },
  {
    says: 'refuses a delay that is none',
    needs: ['delay'],
    async run(stage) {
      const queue = stage.open();
      for (const [options, ...parts] of [
        [{ delayMs: -1 }, 'delayMs', '-1', '>= 0'],
        [{ delayMs: Infinity }, 'delayMs', 'Infinity', '>= 0'],
        [{ delayMs: Number.NaN }, 'delayMs', 'NaN'],
        [{ at: new Date(Number.NaN) }, 'at', 'Date'],
        [{ at: 'tomorrow' }, 'at', '"tomorrow"', 'Date'],
        [{ at: 5 }, 'at', '5', 'Date'],
        [{ at: new Date(0), delayMs: 5 }, 'delayMs', 'at'],
      ] as const) {
        says((await tellWrong(queue, 'ada', 'a', options)).message, 'enqueue', ...parts);
      }
      same(stage.started, []);
    },
  },
];
