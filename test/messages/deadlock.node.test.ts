/** A turn that awaits a ticket of its own session, or closes a ring, is refused at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSessionQueue } from '#src/index.ts';
import type { MessageQueue, MessageTurn, Ticket } from '#src/index.ts';
import { collect, interrupt } from '#src/policies/index.ts';

import { settle } from '../core/fake-clock.ts';

interface Message {
  readonly act: (turn: MessageTurn<Message>) => unknown;
}

function makeQueue(policy?: typeof interrupt): MessageQueue<Message, unknown> {
  return createSessionQueue({ run: (turn: MessageTurn<Message>) => turn.input.act(turn), policy });
}

const quick: Message = { act: () => 'quick' };

test('refuses to await a ticket of the own session that was made inside the turn', async () => {
  const queue = makeQueue();
  const ticket = queue.enqueue('ada', { act: async () => await queue.enqueue('ada', quick) });
  await assert.rejects(ticket, { code: 'deadlock', message: /"ada" waits for "ada"/ });
  await queue.drained();
});

test('refuses to await a ticket of the own session that was made outside before', async () => {
  const queue = makeQueue();
  const tickets: Ticket<unknown>[] = [];
  const first = queue.enqueue('ada', { act: async () => await tickets[0] });
  tickets.push(queue.enqueue('ada', quick));
  await assert.rejects(first, { code: 'deadlock' });
  await queue.drained();
});

test('refuses to await the ticket of the own turn, which goes on', async () => {
  const queue = makeQueue();
  const tickets: Ticket<unknown>[] = [];
  tickets.push(
    queue.enqueue('ada', {
      act: async () => {
        try {
          return await tickets[0];
        } catch (error) {
          return error;
        }
      },
    }),
  );
  assert.equal(Reflect.get(Object(await tickets[0]), 'code'), 'deadlock');
});

test('refuses to await a ticket of a message that the turn itself has taken', async () => {
  const queue = makeQueue();
  const tickets: Ticket<unknown>[] = [];
  const first = queue.enqueue('ada', {
    act: async (turn) => {
      turn.take();
      await tickets[0];
    },
  });
  tickets.push(queue.enqueue('ada', quick));
  await assert.rejects(first, { code: 'deadlock' });
  await queue.drained();
  assert.equal(queue.pending(), 0);
});

test('raises no alarm for tickets that are not awaited', async () => {
  const queue = makeQueue();
  const tickets: Ticket<unknown>[] = [];
  const first = queue.enqueue('ada', {
    act: async () => {
      const ticket = queue.enqueue('ada', quick);
      void ticket;
      void ticket.outcome;
      ticket.catch(() => undefined);
      await ticket.accepted;
      await settle();
      tickets.push(ticket);
      return 'done';
    },
  });
  assert.equal(await first, 'done');
  assert.equal(await tickets[0], 'quick');
});

test('refuses the await that closes a ring over two sessions', async () => {
  const queue = makeQueue();
  const codes: unknown[] = [];
  const ask = (key: string): Message => ({
    act: async () => {
      await settle();
      await queue.enqueue(key, quick).catch((error: unknown) => codes.push(Reflect.get(Object(error), 'code')));
    },
  });
  await Promise.all([queue.enqueue('ada', ask('bob')), queue.enqueue('bob', ask('ada'))]);
  await queue.drained();
  assert.deepEqual(
    codes.filter((code) => code === 'deadlock'),
    ['deadlock'],
  );
});

test('refuses the await that closes a ring over a queue of messages and one of tasks', async () => {
  const messages = makeQueue();
  const tasks = createSessionQueue();
  const ticket = messages.enqueue('ada', {
    act: () => tasks.enqueue('tool', async () => await messages.enqueue('ada', quick)),
  });
  await assert.rejects(ticket, { code: 'deadlock' });
  await Promise.all([messages.drained(), tasks.drained()]);
});

test('lets a turn await another session, under policies that drop and collect too', async () => {
  for (const policy of [interrupt, collect() as typeof interrupt]) {
    const queue = makeQueue(policy);
    assert.equal(await queue.enqueue('ada', { act: () => queue.enqueue('bob', quick) }), 'quick');
  }
});

test('refuses to await the outcome of a ticket of the own session, which tells of the deadlock', async () => {
  const queue = makeQueue();
  const outcome = await queue.enqueue('ada', { act: async () => await queue.enqueue('ada', quick).outcome });
  assert.equal(Reflect.get(Object(outcome), 'type'), 'dropped');
  assert.equal(Reflect.get(Object(outcome), 'code'), 'deadlock');
  await queue.drained();
});

test('refuses to await the outcome of the own turn', async () => {
  const queue = makeQueue();
  const tickets: Ticket<unknown>[] = [];
  tickets.push(queue.enqueue('ada', { act: async () => await tickets[0]?.outcome }));
  await assert.rejects(async () => await tickets[0], { code: 'deadlock' });
});

test('lends its slot while it awaits the outcome of another session', async () => {
  const queue = createSessionQueue({ run: (turn: MessageTurn<Message>) => turn.input.act(turn), concurrency: 1 });
  const outcome = await queue.enqueue('ada', { act: async () => await queue.enqueue('bob', quick).outcome });
  assert.deepEqual(outcome, { type: 'done', value: 'quick' });
});
