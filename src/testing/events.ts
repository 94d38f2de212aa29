/** What listeners are told. */
import type { QueueEvent } from '../core/queue-event.ts';
import type { Case } from './case.ts';
import { same } from './expect.ts';

export const eventCases: readonly Case[] = [
  {
    says: 'tells listeners of each entry once that it was enqueued, and once how it ended',
    async run(stage) {
      const queue = stage.open();
      const events = stage.listen(queue);
      stage.fail('b');
      const gate = stage.gate('a');
      const tickets = ['a', 'b', 'c'].map((name) => queue.enqueue('ada', name, { id: name }));
      void queue.enqueue('ada', 'again', { id: 'a' });
      await gate.reached;
      tickets[2]?.cancel();
      gate.open();
      await Promise.allSettled(tickets);
      await queue.drained();
      same(wordsOf(events, 'enqueued'), ['a', 'b', 'c']);
      same(wordsOf(events, 'settled').toSorted(), ['a done', 'b failed', 'c dropped cancelled']);
      same(wordsOf(events, 'started'), ['a', 'b']);
      same(wordsOf(events, 'ended'), ['a', 'b']);
    },
  },
  {
    says: 'tells listeners of every attempt, and that another one follows',
    needs: ['attempts'],
    async run(stage) {
      const queue = stage.open({ attempts: 3, backoff: { firstMs: 1, factor: 3 } });
      const events = stage.listen(queue);
      stage.fail('a', 2);
      await queue.enqueue('ada', 'a', { id: 'a' });
      same(
        events.filter(({ type }) => type !== 'drained').map(({ type }) => type),
        ['enqueued', 'started', 'retrying', 'ended', 'started', 'retrying', 'ended', 'started', 'ended', 'settled'],
      );
      same(
        events.flatMap((event) => (event.type === 'retrying' ? [event.delayMs] : [])),
        [1, 3],
      );
      same(
        events.flatMap((event) => (event.type === 'retrying' ? [event.error] : [])),
        [new Error('a failed'), new Error('a failed')],
      );
    },
  },
  {
    says: 'tells listeners of each entry of a shared turn how it ended',
    needs: ['policy'],
    async run(stage) {
      const queue = stage.open({
        policy: ({ waiting, running }) =>
          running === undefined && waiting.length > 0 ? { start: waiting } : undefined,
      });
      const events = stage.listen(queue);
      const tickets = ['a', 'b'].map((name) => queue.enqueue('ada', name, { id: name }));
      await Promise.allSettled(tickets);
      same(wordsOf(events, 'settled').toSorted(), ['a merged merged', 'b done']);
    },
  },
  {
    says: 'tells a listener nothing more that has left',
    async run(stage) {
      const queue = stage.open();
      let calls = 0;
      const heard = stage.listen(queue);
      const remove = queue.subscribe(() => {
        calls += 1;
      });
      await queue.enqueue('ada', 'a');
      remove();
      const before = calls;
      await queue.enqueue('ada', 'b');
      same([before > 0, calls === before, heard.length > before], [true, true, true]);
    },
  },
];

function wordsOf(events: readonly QueueEvent[], type: QueueEvent['type']): readonly string[] {
  return events.flatMap((event) => {
    if (event.type !== type || !('id' in event)) return [];
    if (event.type !== 'settled') return [event.id];
    return [[event.id, event.outcome, event.code].filter((word) => word !== undefined).join(' ')];
  });
}
