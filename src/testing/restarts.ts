/** One life of the queue after another. */
import type { Case } from './case.ts';
import { endOf, holds, rejection, same, until } from './expect.ts';

export const restartCases: readonly Case[] = [
  {
    says: 'runs in the next life what waited, each session in its order',
    needs: ['restart'],
    async run(stage) {
      let queue = stage.open();
      await queue.pause();
      const names = Array.from({ length: 40 }, (_, index) => `${index % 4} ${index}`);
      await Promise.all(names.map((name) => queue.enqueue(name.slice(0, 1), name).accepted));
      queue = await stage.reopen();
      same(await queue.pending(), 40, 'pending');
      await queue.drained();
      for (const key of ['0', '1', '2', '3']) {
        same(
          stage.started.filter((name) => name.startsWith(`${key} `)),
          names.filter((name) => name.startsWith(`${key} `)),
        );
      }
    },
  },
  {
    says: 'puts what comes in the next life behind what waited',
    needs: ['restart'],
    async run(stage) {
      let queue = stage.open();
      await queue.pause();
      await Promise.all(['a', 'b'].map((name) => queue.enqueue('ada', name).accepted));
      queue = await stage.reopen();
      await queue.enqueue('ada', 'c');
      same(stage.started, ['a', 'b', 'c']);
    },
  },
  {
    says: 'keeps priorities over lives',
    needs: ['restart', 'priority'],
    async run(stage) {
      let queue = stage.open();
      await queue.pause();
      await queue.enqueue('ada', 'later').accepted;
      await queue.enqueue('ada', 'sooner', { priority: 3600 }).accepted;
      queue = await stage.reopen();
      await queue.pause();
      await queue.enqueue('ada', 'last').accepted;
      await queue.resume();
      await queue.drained();
      same(stage.started, ['sooner', 'later', 'last']);
    },
  },
  {
    says: 'keeps the time limit and the attempts that an entry was given over lives',
    needs: ['restart', 'attempts'],
    async run(stage) {
      let queue = stage.open();
      await queue.pause();
      await queue.enqueue('ada', 'limited', { id: 'limited', timeoutMs: 20 }).accepted;
      await queue.enqueue('ben', 'unlimited', { id: 'unlimited', timeoutMs: Infinity, attempts: Infinity }).accepted;
      stage.gate('limited');
      stage.fail('unlimited', 5);
      queue = await stage.reopen({ timeoutMs: 3_600_000 });
      same(await endOf(queue.ticket('ada', 'limited')), 'failed timeout', 'its own limit');
      same(await queue.ticket('ben', 'unlimited'), 'did unlimited');
      const gate = stage.gate('slow');
      await queue.pause();
      await queue.enqueue('ada', 'slow', { id: 'slow', timeoutMs: Infinity }).accepted;
      queue = await stage.reopen({ timeoutMs: 20 });
      await gate.reached;
      await rejection(queue.enqueue('ben', 'held up', { signal: AbortSignal.abort() }), 'aborted');
      await new Promise((resolve) => setTimeout(resolve, 40));
      gate.open();
      same(await queue.ticket('ada', 'slow'), 'did slow');
    },
  },
  {
    says: 'counts attempts over lives',
    needs: ['restart', 'attempts', 'deadLetters'],
    async run(stage) {
      stage.fail('a');
      const backoff = { firstMs: 3_600_000, maxMs: 3_600_000 };
      let queue = stage.open({ attempts: 3, backoff });
      const events = stage.listen(queue);
      void queue.enqueue('ada', 'a', { id: 'a' }).outcome;
      await until(() => events.some(({ type }) => type === 'retrying'));
      queue = await stage.reopen({ attempts: 3 });
      // Nobody has asked for its ticket before the second attempt failed.
      await stage.hasStarted(2);
      same(await endOf(queue.ticket('ada', 'a')), 'failed a failed');
      same(stage.started.filter((name) => name === 'a').length, 3, 'how often it ran');
      same((await queue.deadLetters.list('ada'))[0]?.attempts, 3);
    },
  },
  {
    says: 'gives the ticket of a stored entry that has failed once before anybody asked for it',
    needs: ['restart', 'attempts'],
    async run(stage) {
      let queue = stage.open();
      await queue.pause();
      await queue.enqueue('ada', 'a', { id: 'a' }).accepted;
      stage.fail('a', 1);
      queue = await stage.reopen({ attempts: 2, backoff: { firstMs: 20 } });
      const events = stage.listen(queue);
      await until(() => events.some(({ type }) => type === 'retrying'));
      same(await queue.ticket('ada', 'a'), 'did a');
    },
  },
  {
    says: 'gives no id and no epoch twice, over all lives',
    needs: ['restart'],
    async run(stage) {
      const ids: string[] = [];
      const epochs: number[] = [];
      const run = ({ epoch, id }: { readonly epoch: number; readonly id: string }): void => {
        epochs.push(epoch);
        ids.push(id);
      };
      let queue = stage.open({ run });
      for (let life = 0; life < 3; life += 1) {
        await queue.enqueue('ada', 'a');
        await queue.enqueue('ben', 'b');
        await queue.pause();
        const dropped = queue.enqueue('ada', 'c');
        ids.push(dropped.id);
        dropped.cancel();
        await rejection(dropped);
        queue = await stage.reopen({ run });
      }
      same(new Set(ids).size, ids.length, 'how many ids differ');
      holds(
        epochs.every((epoch, index) => index === 0 || epoch > (epochs[index - 1] ?? 0)),
        `epochs grow: ${epochs.join(', ')}`,
      );
    },
  },
  {
    says: 'refuses a second queue while one has the data, and leaves the first as it was',
    needs: ['restart', 'exclusive'],
    async run(stage) {
      const queue = stage.open();
      let error: unknown;
      try {
        stage.open();
      } catch (thrown) {
        error = thrown;
      }
      holds(error instanceof Error, 'the second one was refused');
      same(await queue.enqueue('ada', 'a'), 'did a');
    },
  },
  {
    says: 'can be opened by the next queue when one had options that make no sense',
    async run(stage) {
      let error: unknown;
      try {
        stage.open({ attempts: 0 });
      } catch (thrown) {
        error = thrown;
      }
      holds(error instanceof RangeError, 'it was refused');
      same(await stage.open().enqueue('ada', 'a'), 'did a');
    },
  },
  {
    says: 'runs nothing when what is stored can not be read, and loses nothing of it',
    needs: ['restart', 'reading'],
    async run(stage) {
      const queue = stage.open();
      await queue.pause();
      await queue.enqueue('ada', 'a').accepted;
      await queue.enqueue('ada', 'b').accepted;
      const decode = (text: string): unknown => {
        if (text === '"b"') throw new Error('what is this?');
        return JSON.parse(text);
      };
      const codec = { encode: (value: unknown) => JSON.stringify(value), decode };
      const error = await rejection(stage.reopen({ codec }));
      holds(error.message.includes('what is this?'), `${error.message} says why`);
      const next = await stage.reopen();
      await next.drained();
      same(stage.started, ['a', 'b']);
    },
  },
];
