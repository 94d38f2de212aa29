/** Who runs when. */
import type { Case } from './case.ts';
import { endOf, holds, rejection, same } from './expect.ts';
import type { Turn } from './stage.ts';

export const orderCases: readonly Case[] = [
  {
    says: 'runs the entries of a session one after another, in the order of enqueue',
    async run(stage) {
      const queue = stage.open();
      const names = Array.from({ length: 30 }, (_, index) => String(index));
      const results = await Promise.all(names.map((name) => queue.enqueue('ada', name)));
      same(stage.started, names, 'the order of the turns');
      same(
        results,
        names.map((name) => `did ${name}`),
        'what the tickets got',
      );
      same(stage.mostRunning, 1, 'the most turns at once');
    },
  },
  {
    says: 'keeps the order of entries that arrive while others run',
    async run(stage) {
      const queue = stage.open();
      const gate = await stage.busy(queue, 'ada');
      const first = queue.enqueue('ada', 'a');
      await first.accepted;
      const second = queue.enqueue('ada', 'b');
      gate.open();
      await first;
      const third = queue.enqueue('ada', 'c');
      await Promise.all([second, third]);
      same(stage.started.slice(1), ['a', 'b', 'c']);
    },
  },
  {
    says: 'runs different sessions at the same time',
    async run(stage) {
      const queue = stage.open();
      const gates = ['a', 'b', 'c'].map((name) => stage.gate(name));
      const tickets = ['a', 'b', 'c'].map((name) => queue.enqueue(`session ${name}`, name));
      await Promise.all(gates.map((gate) => gate.reached));
      same(stage.running, 3, 'how many run at once');
      for (const gate of gates) gate.open();
      await Promise.all(tickets);
    },
  },
  {
    says: 'runs no more turns at once than concurrency allows, and lets ready sessions take turns',
    needs: ['concurrency', 'local'],
    async run(stage) {
      const queue = stage.open({ concurrency: 1 });
      const gate = await stage.busy(queue, 'ada');
      const tickets = [
        queue.enqueue('ada', 'a1'),
        queue.enqueue('ada', 'a2'),
        queue.enqueue('ben', 'b1'),
        queue.enqueue('ben', 'b2'),
      ];
      gate.open();
      await Promise.all(tickets);
      same(stage.started.slice(1), ['b1', 'a1', 'b2', 'a2']);
      same(stage.mostRunning, 1, 'the most turns at once');
    },
  },
  {
    says: 'starts no turn inside enqueue',
    async run(stage) {
      const queue = stage.open();
      const ticket = queue.enqueue('ada', 'a');
      same(stage.started, [], 'what runs when enqueue returns');
      same(await queue.pending('ada'), 1, 'pending');
      await ticket;
      same(await queue.pending(), 0, 'pending when the ticket is told');
    },
  },
  {
    says: 'starts an entry with a priority before those that wait without one',
    needs: ['priority'],
    async run(stage) {
      const queue = stage.open();
      const gate = await stage.busy(queue, 'ada');
      const tickets = [queue.enqueue('ada', 'late'), queue.enqueue('ada', 'urgent', { priority: 3600 })];
      gate.open();
      await Promise.all(tickets);
      same(stage.started.slice(1), ['urgent', 'late']);
    },
  },
  {
    says: 'goes on with the session when a turn has failed',
    async run(stage) {
      const queue = stage.open();
      stage.fail('a');
      const failing = queue.enqueue('ada', 'a');
      const next = queue.enqueue('ada', 'b');
      const error = await rejection(failing);
      same(error.message, 'a failed');
      same(await endOf(next), 'done did b');
    },
  },
  {
    says: 'tells a turn its key, its id, its input, that it is the first attempt, and an epoch that grows',
    async run(stage) {
      const turns: Pick<Turn, 'key' | 'id' | 'epoch' | 'attempt' | 'input' | 'inputs'>[] = [];
      const queue = stage.open({
        run: ({ key, id, epoch, attempt, input, inputs }) =>
          void turns.push({ key, id, epoch, attempt, input, inputs }),
      });
      await queue.enqueue('ada', { text: 'hello' }, { id: 'one' });
      await queue.enqueue('ada', 'second', { id: 'two' });
      const [first, second] = turns;
      same(
        { ...first, epoch: 0 },
        { key: 'ada', id: 'one', epoch: 0, attempt: 1, input: { text: 'hello' }, inputs: [{ text: 'hello' }] },
      );
      holds((second?.epoch ?? 0) > (first?.epoch ?? 0), 'the second epoch is greater');
    },
  },
];
