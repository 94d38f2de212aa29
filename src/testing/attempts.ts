/** Entries that fail are run again. */
import type { Case } from './case.ts';
import { endOf, rejection, same, until } from './expect.ts';
import type { Turn } from './stage.ts';

export const attemptCases: readonly Case[] = [
  {
    says: 'runs an entry again that has failed, as often as attempts says, and tells the turn which attempt it is',
    needs: ['attempts'],
    async run(stage) {
      const attempts: number[] = [];
      const queue = stage.open({
        attempts: 3,
        run: (turn) => {
          attempts.push(turn.attempt);
          if (turn.attempt < 3) throw new Error('not yet');
          return 'at last';
        },
      });
      same(await queue.enqueue('ada', 'a'), 'at last');
      same(attempts, [1, 2, 3]);
      same(await queue.pending(), 0, 'pending');
    },
  },
  {
    says: 'tells the caller the last error when all attempts have failed',
    needs: ['attempts'],
    async run(stage) {
      const queue = stage.open({ attempts: 2, run: (turn) => Promise.reject(new Error(`attempt ${turn.attempt}`)) });
      same((await rejection(queue.enqueue('ada', 'a'))).message, 'attempt 2');
      same((await rejection(queue.enqueue('ada', 'b', { attempts: 3 }))).message, 'attempt 3', 'with its own attempts');
      same((await rejection(queue.enqueue('ada', 'c', { attempts: 1 }))).message, 'attempt 1', 'with one attempt');
    },
  },
  {
    says: 'keeps the place of an entry that is to run again, while other sessions go on',
    needs: ['attempts'],
    async run(stage) {
      const queue = stage.open({ attempts: 2, backoff: { firstMs: 30 } });
      stage.fail('a', 1);
      const first = queue.enqueue('ada', 'a');
      const second = queue.enqueue('ada', 'b');
      await stage.hasStarted(1);
      await queue.enqueue('ben', 'c');
      same(stage.started, ['a', 'c'], 'what ran before the second attempt');
      same(await queue.pending('ada'), 2, 'pending meanwhile');
      await Promise.all([first, second]);
      same(stage.started, ['a', 'c', 'a', 'b']);
    },
  },
  {
    says: 'runs a turn again that was out of time',
    needs: ['attempts'],
    async run(stage) {
      const gate = stage.gate('slow');
      const queue = stage.open({ attempts: 2, timeoutMs: 20 });
      const ticket = queue.enqueue('ada', 'slow');
      await stage.hasStarted(2);
      gate.open();
      same(await ticket, 'did slow');
      const never = stage.gate('never', 'stubborn');
      const late = queue.enqueue('ben', 'never', { attempts: 1 });
      await rejection(late, 'timeout');
      never.open();
    },
  },
  {
    says: 'runs a turn again that outstays its grace, and drops whatever the old one still returns',
    needs: ['attempts'],
    async run(stage) {
      const turns: Turn[] = [];
      const ends: ((value: string) => void)[] = [];
      const queue = stage.open({
        attempts: 2,
        graceMs: 10,
        run: (turn) => {
          turns.push(turn);
          stage.noteStart(String(turn.input));
          return new Promise<string>((resolve) => {
            ends.push(resolve);
          });
        },
      });
      const ticket = queue.enqueue('ada', 'a', { timeoutMs: 20 });
      await stage.hasStarted(2);
      ends[0]?.('the zombie');
      await Promise.resolve();
      same(turns[0]?.take(), [], 'what the old turn can take');
      ends[1]?.('the second');
      same(await ticket, 'the second');
      same(
        turns.map(({ attempt }) => attempt),
        [1, 2],
      );
      same((turns[1]?.epoch ?? 0) > (turns[0]?.epoch ?? 0), true, 'whether the second epoch is greater');
      same(await queue.ticket('ada', ticket.id), 'the second', 'what is known of it');
    },
  },
  {
    says: 'never runs again what was cancelled, or aborted by its own signal',
    needs: ['attempts'],
    async run(stage) {
      const queue = stage.open({ attempts: 5 });
      const cancelled = stage.gate('cancelled');
      const ticket = queue.enqueue('ada', 'cancelled');
      await cancelled.reached;
      ticket.cancel();
      same(await endOf(ticket), 'failed cancelled');
      const aborted = stage.gate('aborted');
      const controller = new AbortController();
      const other = queue.enqueue('ada', 'aborted', { signal: controller.signal });
      await aborted.reached;
      controller.abort(new Error('enough'));
      same(await endOf(other), 'failed aborted');
      await queue.enqueue('ada', 'next');
      same(stage.started, ['cancelled', 'aborted', 'next']);
    },
  },
  {
    says: 'lets the session go on when an entry is cancelled that waits for its next attempt',
    needs: ['attempts'],
    async run(stage) {
      const queue = stage.open({ attempts: 2, backoff: { firstMs: 3_600_000, maxMs: 3_600_000 } });
      stage.fail('a');
      const events = stage.listen(queue);
      const ticket = queue.enqueue('ada', 'a');
      const next = queue.enqueue('ada', 'b');
      await until(() => events.some(({ type }) => type === 'retrying'));
      same(queue.inspect('ada')?.state, 'held');
      same(ticket.cancel(), true);
      same(await endOf(ticket).then((end) => end.split(' ')[1]), 'cancelled');
      same(await next, 'did b');
    },
  },
  {
    says: 'runs an entry no more whose signal aborts while its turn, which is out of time, comes to its end',
    needs: ['attempts'],
    async run(stage) {
      const gate = stage.gate('a', 'stubborn');
      const queue = stage.open({ attempts: 3 });
      const controller = new AbortController();
      const events = stage.listen(queue);
      const ticket = queue.enqueue('ada', 'a', { signal: controller.signal, timeoutMs: 10 });
      await gate.reached;
      await until(() => events.some(({ type }) => type === 'aborted'));
      controller.abort();
      gate.open();
      same(await endOf(ticket).then((end) => end.split(' ')[1]), 'aborted');
      same(
        stage.started.filter((name) => name === 'a'),
        ['a'],
      );
      same(await queue.enqueue('ada', 'b'), 'did b');
    },
  },
];
