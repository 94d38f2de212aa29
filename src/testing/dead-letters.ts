/** What has failed for good is kept until somebody decides. */
import type { Case } from './case.ts';
import { endOf, rejection, same, until } from './expect.ts';

export const deadLetterCases: readonly Case[] = [
  {
    says: 'keeps what has failed for good as a dead letter, with its message, attempts and last error',
    needs: ['deadLetters'],
    async run(stage) {
      const queue = stage.open({
        attempts: 2,
        run: (turn) => Promise.reject(new RangeError(`attempt ${turn.attempt}`)),
      });
      await rejection(queue.enqueue('ada', { text: 'a' }, { id: 'one' }));
      const [letter, ...others] = await queue.deadLetters.list();
      same(others, [], 'other dead letters');
      same(
        { ...letter, enqueuedMs: 0, failedMs: 0 },
        {
          key: 'ada',
          id: 'one',
          message: { text: 'a' },
          attempts: 2,
          error: { name: 'RangeError', message: 'attempt 2' },
          enqueuedMs: 0,
          failedMs: 0,
        },
      );
      const { enqueuedMs = 0, failedMs = 0 } = letter ?? {};
      same(Math.abs(Date.now() - enqueuedMs) < 60_000 && failedMs >= enqueuedMs, true, 'whether its times make sense');
    },
  },
  {
    says: 'keeps as dead letters what failed and what was out of time, and neither what was cancelled nor what went well',
    needs: ['deadLetters'],
    async run(stage) {
      const queue = stage.open();
      stage.fail('fails');
      stage.gate('late');
      const gate = stage.gate('cancelled');
      await rejection(queue.enqueue('ada', 'fails'));
      await rejection(queue.enqueue('ben', 'late', { timeoutMs: 10 }), 'timeout');
      await queue.enqueue('ada', 'well');
      const cancelled = queue.enqueue('ada', 'cancelled');
      await gate.reached;
      cancelled.cancel();
      await rejection(cancelled);
      const letters = await queue.deadLetters.list();
      same(
        letters.map(({ message, error }) => [message, error.code]),
        [
          ['fails', undefined],
          ['late', 'timeout'],
        ],
      );
      same((await queue.deadLetters.list('ben')).length, 1, 'those of one session');
      same(await queue.deadLetters.list('nobody'), []);
    },
  },
  {
    says: 'runs dead letters again, each at its old place and with all its attempts',
    needs: ['deadLetters'],
    async run(stage) {
      const queue = stage.open({ attempts: 2 });
      for (const name of ['a', 'b']) stage.fail(name, 3);
      const tickets = ['a', 'b', 'c'].map((name) => queue.enqueue('ada', name, { id: name }));
      await Promise.allSettled(tickets);
      const gate = await stage.busy(queue, 'ada');
      const waiting = queue.enqueue('ada', 'd');
      stage.started.length = 0;
      same(await queue.deadLetters.retry('ada'), 2);
      same(await queue.deadLetters.list(), [], 'dead letters that are left');
      const again = ['a', 'b'].map((name) => queue.ticket('ada', name));
      // They may come back to the process by way of the store.
      await until(() => queue.inspect('ada')?.waiting === 3);
      gate.open();
      same(await Promise.all([...again, waiting]), ['did a', 'did b', 'did d']);
      same(stage.started, ['a', 'a', 'b', 'b', 'd']);
    },
  },
  {
    says: 'runs again, and drops, one dead letter by its id',
    needs: ['deadLetters'],
    async run(stage) {
      const queue = stage.open();
      for (const name of ['a', 'b', 'c']) stage.fail(name, 1);
      await Promise.allSettled(['a', 'b', 'c'].map((name) => queue.enqueue('ada', name, { id: name })));
      same(await queue.deadLetters.retry('ada', 'b'), 1);
      same(await queue.ticket('ada', 'b'), 'did b');
      same(await queue.deadLetters.drop('ada', 'a'), 1);
      same(
        (await queue.deadLetters.list('ada')).map(({ id }) => id),
        ['c'],
      );
      same(await endOf(queue.ticket('ada', 'c')), 'failed c failed', 'what the ticket of a dead letter says');
      same(await queue.deadLetters.drop('ada', 'no such id'), 0);
      same(await queue.deadLetters.drop('ada'), 1);
      await rejection(queue.ticket('ada', 'c'), 'unknown');
      stage.fail('a', 0);
      same(await queue.enqueue('ada', 'a', { id: 'a' }), 'did a', 'an id that was dropped');
    },
  },
  {
    says: 'runs a dead letter once when it is retried twice at the same time',
    needs: ['deadLetters'],
    async run(stage) {
      const queue = stage.open();
      stage.fail('a', 1);
      await rejection(queue.enqueue('ada', 'a'));
      const counts = await Promise.all([
        queue.deadLetters.retry('ada'),
        queue.deadLetters.retry('ada'),
        queue.deadLetters.drop('ada'),
      ]);
      same(counts, [1, 0, 0]);
      await queue.drained();
      same(stage.started, ['a', 'a']);
    },
  },
  {
    says: 'keeps dead letters over lives',
    needs: ['deadLetters', 'restart'],
    async run(stage) {
      let queue = stage.open();
      stage.fail('a', 1);
      stage.fail('b', 1);
      await Promise.allSettled(['a', 'b'].map((name) => queue.enqueue('ada', name, { id: name })));
      queue = await stage.reopen();
      same(
        (await queue.deadLetters.list('ada')).map(({ id, error }) => [id, error.message]),
        [
          ['a', 'a failed'],
          ['b', 'b failed'],
        ],
      );
      same(await queue.deadLetters.retry('ada', 'a'), 1);
      same(await queue.ticket('ada', 'a'), 'did a');
      queue = await stage.reopen();
      same(
        (await queue.deadLetters.list()).map(({ id }) => id),
        ['b'],
      );
    },
  },
  {
    says: 'goes on with the session behind a dead letter',
    needs: ['deadLetters'],
    async run(stage) {
      const queue = stage.open();
      stage.fail('a');
      void queue.enqueue('ada', 'a').outcome;
      same(await queue.enqueue('ada', 'b'), 'did b');
    },
  },
  {
    says: 'holds a session whose entry has failed for good when failures block, until the dead letter is decided on',
    needs: ['deadLetters', 'block'],
    async run(stage) {
      const queue = stage.open({ onFailure: 'block' });
      stage.fail('a', 1);
      stage.fail('c', 1);
      const failing = queue.enqueue('ada', 'a', { id: 'a' });
      const next = queue.enqueue('ada', 'b');
      await rejection(failing);
      same(await queue.enqueue('ben', 'meanwhile'), 'did meanwhile', 'another session');
      // Where no process has the session, none shows it.
      same([queue.inspect('ada')?.state ?? 'held', await queue.pending('ada')], ['held', 1]);
      await queue.deadLetters.retry('ada', 'a');
      same(await next, 'did b');
      same(stage.started, ['a', 'meanwhile', 'a', 'b']);
      await rejection(queue.enqueue('ada', 'c'));
      const last = queue.enqueue('ada', 'd');
      await queue.deadLetters.drop('ada');
      same(await last, 'did d');
    },
  },
  {
    says: 'still holds a session that failures block in a later life',
    needs: ['deadLetters', 'block', 'restart'],
    async run(stage) {
      let queue = stage.open({ onFailure: 'block' });
      stage.fail('a', 1);
      await rejection(queue.enqueue('ada', 'a'));
      await queue.enqueue('ada', 'b', { id: 'b' }).accepted;
      queue = await stage.reopen({ onFailure: 'block' });
      await queue.enqueue('ben', 'meanwhile');
      same([queue.inspect('ada')?.state ?? 'held', stage.started], ['held', ['a', 'meanwhile']]);
      await queue.deadLetters.drop('ada');
      same(await queue.ticket('ada', 'b'), 'did b');
    },
  },
];
