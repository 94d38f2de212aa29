/** Turns that take in what arrives while they run. */
import type { Case } from './case.ts';
import { endOf, same } from './expect.ts';
import type { Turn } from './stage.ts';

export const takingCases: readonly Case[] = [
  {
    says: 'lets a turn take what waits, which ends merged with it',
    needs: ['take'],
    async run(stage) {
      const gate = stage.gate('a');
      const queue = stage.open({ run: takeBehindGate(stage.visit) });
      const first = queue.enqueue('ada', 'a', { id: 'a' });
      await gate.reached;
      const others = ['b', 'c'].map((name) => queue.enqueue('ada', name, { id: name }));
      await stage.hasWaiting(queue, 'ada', 2);
      gate.open();
      same(await first, ['b', 'c']);
      same(await Promise.all(others.map((ticket) => endOf(ticket))), ['merged into a', 'merged into a']);
      same(await endOf(queue.ticket('ada', 'b')), 'merged into a');
    },
  },
  {
    says: 'gives what a turn has taken back to the head of the line when it fails, unless that was acknowledged',
    needs: ['take'],
    async run(stage) {
      const gates = ['a', 'b', 'c'].map((name) => stage.gate(name));
      const [a, b, c] = gates;
      const queue = stage.open({
        run: async (turn) => {
          if (turn.input !== 'a') return stage.visit(turn);
          await stage.visit(turn);
          await b?.pass(turn.signal);
          turn.take();
          turn.acknowledge();
          await c?.pass(turn.signal);
          turn.take();
          throw new Error('it broke');
        },
      });
      const first = queue.enqueue('ada', 'a', { id: 'a' });
      await a?.reached;
      const second = queue.enqueue('ada', 'b', { id: 'b' });
      await stage.hasWaiting(queue, 'ada', 1);
      a?.open();
      b?.open();
      await c?.reached;
      const third = queue.enqueue('ada', 'c', { id: 'c' });
      const fourth = queue.enqueue('ada', 'd', { id: 'd' });
      await stage.hasWaiting(queue, 'ada', 2);
      c?.open();
      same(await endOf(first), 'failed it broke');
      same(await endOf(second), 'merged into a');
      same(await Promise.all([third, fourth]), ['did c', 'did d']);
      same(stage.started, ['a', 'c', 'd']);
    },
  },
  {
    says: 'runs what a failing turn has taken behind its next attempt, unless that takes it again',
    needs: ['take', 'attempts'],
    async run(stage) {
      const gate = stage.gate('a');
      const queue = stage.open({
        attempts: 2,
        run: async (turn) => {
          const value = await stage.visit(turn);
          if (turn.input !== 'a' || turn.attempt > 1) return value;
          turn.take();
          throw new Error('it broke');
        },
      });
      const first = queue.enqueue('ada', 'a');
      await gate.reached;
      const others = ['b', 'c'].map((name) => queue.enqueue('ada', name));
      await stage.hasWaiting(queue, 'ada', 2);
      gate.open();
      same(await Promise.all([first, ...others]), ['did a', 'did b', 'did c']);
      same(stage.started, ['a', 'a', 'b', 'c']);
    },
  },
  {
    says: 'knows in a later life what was taken and dealt with, and runs what was not',
    needs: ['take', 'restart'],
    async run(stage) {
      let queue = stage.open({
        run: async (turn) => {
          await one.accepted;
          await stage.hasWaiting(queue, 'ada', 1);
          turn.take();
          turn.acknowledge();
          const late = queue.enqueue('ada', 'late', { id: 'late' });
          await late.accepted;
          await stage.hasWaiting(queue, 'ada', 1);
          turn.take();
          stage.noteStart('took');
          await stage.gate('never').pass(turn.signal);
        },
      });
      void queue.enqueue('ada', 'a', { id: 'a' }).outcome;
      const one = queue.enqueue('ada', 'one', { id: 'one' });
      await stage.hasStarted(1);
      queue = await stage.reopen();
      await queue.drained();
      same(stage.started, ['took', 'a', 'late']);
      same(await endOf(queue.ticket('ada', 'one')), 'merged into a');
      same(await endOf(queue.ticket('ada', 'late')), 'done did late');
    },
  },
  {
    says: 'answers a turn that asks by the next message of its session',
    needs: ['receive'],
    async run(stage) {
      const queue = stage.open({
        run: async (turn) => {
          stage.noteStart(String(turn.input));
          return turn.input === 'order' ? turn.receive(60_000) : turn.input;
        },
      });
      const order = queue.enqueue('ada', 'order', { id: 'order' });
      await stage.hasStarted(1);
      const answer = queue.enqueue('ada', { yes: true }, { id: 'answer' });
      await answer.accepted;
      same(await order, { yes: true });
      same(await endOf(answer), 'merged into order');
      same(await queue.enqueue('ada', 'next'), 'next');
      same(stage.started, ['order', 'next']);
    },
  },
  {
    says: 'gives a turn nothing that asks for longer than it wants to wait',
    needs: ['receive'],
    async run(stage) {
      const queue = stage.open({ run: async (turn) => (await turn.receive(10)) ?? 'nobody answered' });
      same(await queue.enqueue('ada', 'order'), 'nobody answered');
    },
  },
];

function takeBehindGate(visit: (turn: Turn) => Promise<unknown>): (turn: Turn) => Promise<unknown> {
  return async (turn) => {
    await visit(turn);
    return turn.take();
  };
}
