/** Policies do what they do without a store. Those of the tests are written here: a policy is a function. */
import type { Plan, Policy, PolicyView } from '../core/policy.ts';
import type { Case } from './case.ts';
import { endOf, rejection, same } from './expect.ts';

export const policyCases: readonly Case[] = [
  {
    says: 'runs several entries in one turn, of which the newest has the value',
    needs: ['policy'],
    async run(stage) {
      const queue = stage.open({ policy: together });
      const tickets = ['a', 'b', 'c'].map((name) => queue.enqueue('ada', name, { id: name }));
      same(await tickets[2], 'did a+b+c');
      same(await endOf(queue.ticket('ada', 'a')), 'merged into c');
      same(await Promise.all(tickets.map((ticket) => endOf(ticket))), [
        'merged into c',
        'merged into c',
        'done did a+b+c',
      ]);
    },
  },
  {
    says: 'knows in a later life of what was merged, and into what',
    needs: ['policy', 'restart'],
    async run(stage) {
      let queue = stage.open({ policy: together });
      await Promise.allSettled(['a', 'b'].map((name) => queue.enqueue('ada', name, { id: name })));
      queue = await stage.reopen();
      same(await endOf(queue.ticket('ada', 'a')), 'merged into b');
      same(await endOf(queue.ticket('ada', 'b')), 'done did a+b');
    },
  },
  {
    says: 'runs a turn of several entries again with all of them, and keeps each as a dead letter in the end',
    needs: ['policy', 'attempts', 'deadLetters'],
    async run(stage) {
      const queue = stage.open({ policy: together, attempts: 2 });
      stage.fail('a+b', 2);
      const tickets = ['a', 'b'].map((name) => queue.enqueue('ada', name, { id: name }));
      same(await Promise.all(tickets.map((ticket) => endOf(ticket))), ['merged into b', 'failed a+b failed']);
      same(stage.started, ['a+b', 'a+b']);
      same(
        (await queue.deadLetters.list('ada')).map(({ id, attempts, error }) => [id, attempts, error.message]),
        [
          ['a', 2, 'a+b failed'],
          ['b', 2, 'a+b failed'],
        ],
      );
      same(await queue.deadLetters.retry('ada'), 2);
      same(await queue.ticket('ada', 'b'), 'did a+b');
    },
  },
  {
    says: 'gives each entry of a shared turn its own attempts, whoever joins it later',
    needs: ['policy', 'attempts', 'deadLetters'],
    async run(stage) {
      const queue = stage.open({ policy: together, attempts: 2 });
      const gate = stage.gate('a');
      stage.fail('a');
      stage.fail('a+b');
      const first = queue.enqueue('ada', 'a', { id: 'a' });
      await gate.reached;
      const second = queue.enqueue('ada', 'b', { id: 'b' });
      await stage.hasWaiting(queue, 'ada', 1);
      gate.open();
      same(await second, 'did b');
      same(await endOf(first), 'merged into b');
      same(stage.started, ['a', 'a+b', 'b']);
      same(
        (await queue.deadLetters.list('ada')).map(({ id, attempts }) => [id, attempts]),
        [['a', 2]],
      );
    },
  },
  {
    says: 'buries an entry without further attempts alone, though it carries the turn of others that have some',
    needs: ['policy', 'attempts', 'deadLetters'],
    async run(stage) {
      const queue = stage.open({ policy: together, attempts: 2 });
      stage.fail('a+b', 1);
      const first = queue.enqueue('ada', 'a', { id: 'a' });
      const second = queue.enqueue('ada', 'b', { id: 'b', attempts: 1 });
      same(await endOf(second), 'failed a+b failed');
      same(await first, 'did a');
      same(stage.started, ['a+b', 'a']);
      same(
        (await queue.deadLetters.list('ada')).map(({ id }) => id),
        ['b'],
      );
    },
  },
  {
    says: 'interrupts a turn for a newer entry, and never runs it again',
    needs: ['policy'],
    async run(stage) {
      const queue = stage.open({ policy: newestNow, attempts: 3 });
      const gate = stage.gate('old');
      const old = queue.enqueue('ada', 'old');
      await gate.reached;
      const newer = queue.enqueue('ada', 'new');
      same(await endOf(old), 'failed interrupted');
      same(await newer, 'did new');
      same(stage.started, ['old', 'new']);
    },
  },
  {
    says: 'drops what a newer entry replaces, and lets its id come again',
    needs: ['policy'],
    async run(stage) {
      const queue = stage.open({ policy: newest });
      const gate = await stage.busy(queue, 'ada');
      const replaced = queue.enqueue('ada', 'a', { id: 'a' });
      const stays = queue.enqueue('ada', 'b');
      same(await endOf(replaced), 'dropped replaced');
      gate.open();
      same(await stays, 'did b');
      same(await queue.enqueue('ada', 'c', { id: 'a' }), 'did c');
    },
  },
  {
    says: 'rejects accepted of what its policy refuses, and lets a redelivery in later',
    needs: ['policy', 'local'],
    async run(stage) {
      const queue = stage.open({ policy: refuseWhileBusy });
      const gate = await stage.busy(queue, 'ada');
      const refused = queue.enqueue('ada', 'a', { id: 'a' });
      await rejection(refused.accepted, 'rejected');
      await rejection(queue.ticket('ada', 'a'), 'unknown');
      gate.open();
      await queue.drained();
      const again = queue.enqueue('ada', 'a', { id: 'a' });
      await again.accepted;
      same(await again, 'did a');
    },
  },
  {
    says: 'waits as long as a policy says, and runs the rest in a later life',
    needs: ['policy', 'restart'],
    async run(stage) {
      let queue = stage.open({ policy: after(30) });
      const ticket = queue.enqueue('ada', 'a');
      await ticket.accepted;
      same(await ticket, 'did a');
      const waits = queue.enqueue('ada', 'b', { id: 'b' });
      await waits.accepted;
      queue = await stage.reopen({ policy: together });
      same(await queue.ticket('ada', 'b'), 'did b');
    },
  },
  {
    says: 'tells onDrop of what a policy drops, with its id and message',
    needs: ['policy'],
    async run(stage) {
      const dropped: unknown[] = [];
      const queue = stage.open({ policy: newest, onDrop: (entry) => void dropped.push(entry) });
      const gate = await stage.busy(queue, 'ada');
      void queue.enqueue('ada', 'a', { id: 'a' });
      const stays = queue.enqueue('ada', 'b');
      gate.open();
      await stays;
      same(dropped, [{ key: 'ada', id: 'a', message: 'a', code: 'replaced' }]);
    },
  },
  {
    says: 'counts the time to live over lives',
    needs: ['restart', 'local'],
    async run(stage) {
      let queue = stage.open();
      let onDrop = (_dropped: unknown): void => undefined;
      await queue.pause();
      await queue.enqueue('ada', 'short', { id: 'short', ttlMs: 30 }).accepted;
      await queue.enqueue('ada', 'long', { id: 'long', ttlMs: 3_600_000 }).accepted;
      // It may be over before the next life has begun.
      const dropped = new Promise((resolve) => {
        onDrop = resolve;
      });
      queue = await stage.reopen({ onDrop }, (next) => next.pause());
      same(await dropped, { key: 'ada', id: 'short', message: 'short', code: 'expired' });
      await rejection(queue.ticket('ada', 'short'), 'unknown');
      await queue.resume();
      same(await queue.ticket('ada', 'long'), 'did long');
      same(stage.started, ['long']);
    },
  },
];

function together({ waiting, running }: PolicyView): Plan | undefined {
  return running === undefined && waiting.length > 0 ? { start: waiting } : undefined;
}

function newest({ waiting }: PolicyView): Plan {
  return { drop: waiting.slice(0, -1).map((entry) => ({ entry, reason: 'replaced' })) };
}

function newestNow(view: PolicyView): Plan {
  const isToMakeWay = view.waiting.length > 0 && view.running?.isAborting === false;
  return { ...newest(view), ...(isToMakeWay && { abort: 'interrupted' }) };
}

function refuseWhileBusy({ waiting, running }: PolicyView): Plan {
  const refused = running === undefined ? waiting.slice(1) : waiting;
  return { drop: refused.map((entry) => ({ entry, reason: 'rejected' })) };
}

function after(ms: number): Policy {
  return function after({ waiting, nowMs, lastArrivalMs }) {
    const dueMs = lastArrivalMs + ms;
    return waiting.length === 0 || dueMs <= nowMs ? undefined : { start: [], wakeMs: dueMs };
  };
}
