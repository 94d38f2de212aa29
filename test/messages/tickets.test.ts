/** What a ticket tells: when its message was taken in, and how it ended. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSessionQueue, QueueError } from '#src/index.ts';
import type { MessageTurn, QueueErrorCode, Ticket, TicketOutcome } from '#src/index.ts';
import { cap, collect, interrupt, latest, reject, ttl } from '#src/policies/index.ts';

import { wrong } from '../core/stage.ts';
import { Stage, standOf } from './stage.ts';

test('is a promise of what the handler gives', async () => {
  const queue = createSessionQueue({ run: async ({ input }: MessageTurn<string>) => input.toUpperCase() });
  assert.equal(await queue.enqueue('ada', 'hello'), 'HELLO');
  assert.deepEqual(await Promise.all([queue.enqueue('ada', 'one'), queue.enqueue('bob', 'two')]), ['ONE', 'TWO']);
  assert.equal(await Promise.race([queue.enqueue('ada', 'three'), new Promise(() => undefined)]), 'THREE');
  assert.equal(await Promise.resolve(queue.enqueue('ada', 'four')), 'FOUR');
});

test('follows a handler that gives a value, or throws, without a promise', async () => {
  const queue = createSessionQueue({
    run: ({ input }: MessageTurn<number>) => {
      if (input < 0) throw new RangeError('negative');
      return input * 2;
    },
  });
  assert.equal(await queue.enqueue('ada', 2), 4);
  await assert.rejects(queue.enqueue('ada', -1), RangeError);
  assert.equal(await queue.enqueue('ada', 3), 6);
});

test('is an ordinary promise once then, catch or finally was called', async () => {
  const queue = createSessionQueue({ run: ({ input }: MessageTurn<string>) => input });
  const ticket = queue.enqueue('ada', 'hello');
  assert.ok(ticket instanceof Promise);
  for (const derived of [ticket.then((value) => value), ticket.catch(() => ''), ticket.finally(() => undefined)]) {
    assert.ok(derived instanceof Promise);
    assert.ok(!('cancel' in derived) && !('accepted' in derived), 'it is a ticket');
    assert.equal(await derived, 'hello');
  }
});

test('has the id that was asked for, or else a number of its own', async () => {
  const stage = new Stage();
  const tickets = [stage.enqueue('ada', 'a'), stage.enqueue('bob', 'b'), stage.enqueue('ada', 'c', { id: 'mine' })];
  await stage.settle();
  assert.deepEqual(
    tickets.map(({ id }) => id),
    ['1', '2', 'mine'],
  );
  assert.equal(stage.turn('a').id, '1');
  await stage.end('a');
  assert.equal(stage.turn('c').id, 'mine');
  await stage.endAll();
});

const endings: readonly {
  readonly how: string;
  readonly options?: ConstructorParameters<typeof Stage>[0];
  readonly before?: (stage: Stage) => unknown;
  readonly act: (stage: Stage, ticket: Ticket<string>) => unknown;
  readonly outcome: { readonly type: TicketOutcome<string>['type']; readonly code?: QueueErrorCode; value?: string };
}[] = [
  { how: 'gave a value', act: (stage) => stage.end('x', 'value'), outcome: { type: 'done', value: 'value' } },
  { how: 'threw', act: (stage) => stage.fail('x', new Error('on purpose')), outcome: { type: 'failed' } },
  { how: 'threw undefined', act: (stage) => stage.fail('x', undefined), outcome: { type: 'failed' } },
  {
    how: 'threw an error of another queue',
    act: (stage) => stage.fail('x', new QueueError('merged', 'of another queue')),
    outcome: { type: 'failed' },
  },
  {
    how: 'was out of time',
    options: { timeoutMs: 10 },
    act: (stage) => stage.elapse(10),
    outcome: { type: 'failed', code: 'timeout' },
  },
  {
    how: 'made no progress',
    options: { idleTimeoutMs: 10 },
    act: (stage) => stage.elapse(10),
    outcome: { type: 'failed', code: 'idle-timeout' },
  },
  {
    how: 'was cancelled by its ticket while it ran',
    act: (_, ticket) => ticket.cancel(),
    outcome: { type: 'failed', code: 'cancelled' },
  },
  {
    how: 'was cancelled with its session while it ran',
    act: (stage) => stage.queue.cancel('ada'),
    outcome: { type: 'failed', code: 'cancelled' },
  },
  {
    how: 'was interrupted',
    options: { policy: interrupt },
    act: (stage) => stage.enqueueAll('ada', 'newer'),
    outcome: { type: 'failed', code: 'interrupted' },
  },
  {
    how: 'was closed while it ran',
    act: (stage) => void stage.queue.close({ drainMs: 0 }),
    outcome: { type: 'failed', code: 'closed' },
  },
  {
    how: 'was replaced',
    options: { policy: latest },
    before: (stage) => stage.enqueue('ada', 'runs'),
    act: (stage) => stage.enqueueAll('ada', 'newer'),
    outcome: { type: 'dropped', code: 'replaced' },
  },
  {
    how: 'expired by its own ttlMs',
    before: (stage) => stage.enqueue('ada', 'runs'),
    act: (stage) => stage.elapse(20),
    outcome: { type: 'dropped', code: 'expired' },
  },
  {
    how: 'expired by a policy',
    options: { policy: ttl(10) },
    before: (stage) => stage.enqueue('ada', 'runs'),
    act: (stage) => stage.elapse(10),
    outcome: { type: 'dropped', code: 'expired' },
  },
  {
    how: 'was cancelled by its ticket while it waited',
    before: (stage) => stage.enqueue('ada', 'runs'),
    act: (_, ticket) => ticket.cancel(),
    outcome: { type: 'dropped', code: 'cancelled' },
  },
  {
    how: 'was closed while it waited',
    before: (stage) => stage.enqueue('ada', 'runs'),
    act: (stage) => void stage.queue.close({ drainMs: 0 }),
    outcome: { type: 'dropped', code: 'closed' },
  },
  {
    how: 'was rejected',
    options: { policy: reject },
    before: (stage) => stage.enqueue('ada', 'runs'),
    act: () => undefined,
    outcome: { type: 'dropped', code: 'rejected' },
  },
  {
    how: 'was one too many',
    options: { policy: cap(1, 'newest') },
    before: async (stage) => {
      await stage.enqueueAll('ada', 'runs');
      await stage.enqueueAll('ada', 'waits');
    },
    act: () => undefined,
    outcome: { type: 'dropped', code: 'full' },
  },
  {
    how: 'was refused, because the queue was stopped',
    before: (stage) => stage.queue.stop(),
    act: () => undefined,
    outcome: { type: 'dropped', code: 'stopped' },
  },
  {
    how: 'was refused, because the queue was full',
    options: { maxPending: 1 },
    before: (stage) => stage.enqueue('ada', 'runs'),
    act: () => undefined,
    outcome: { type: 'dropped', code: 'full' },
  },
];

for (const { how, options, before, act, outcome } of endings) {
  test(`tells the outcome of a message that ${how}, however often it is read, without ever rejecting`, async () => {
    const stage = new Stage(options);
    void before?.(stage);
    await stage.settle();
    await stage.settle();
    const ticket = stage.enqueue('ada', 'x', { ttlMs: 20 });
    await stage.settle();
    await act(stage, ticket);
    const told: TicketOutcome<string> = await ticket.outcome;
    const { error, ...rest } = 'error' in told ? told : { ...told, error: undefined };
    assert.deepEqual(rest, outcome);
    if (told.type === 'failed' || told.type === 'dropped') {
      assert.deepEqual(await ticket.catch((reason: unknown) => reason), error);
    } else assert.equal(await ticket, 'value');
    assert.deepEqual(await ticket.outcome, told);
  });
}

test('tells of a merged message into which turn it went', async () => {
  const stage = new Stage({ policy: collect() });
  const tickets = ['a', 'b', 'c'].map((name) => stage.enqueue('ada', name, { id: `id of ${name}` }));
  await stage.settle();
  await stage.end('c', 'all of it');
  const outcomes = await Promise.all(tickets.map((ticket) => ticket.outcome));
  assert.deepEqual(outcomes, [
    { type: 'merged', into: 'id of c' },
    { type: 'merged', into: 'id of c' },
    { type: 'done', value: 'all of it' },
  ]);
  await assert.rejects(tickets[0] ?? Promise.resolve(), { name: 'QueueError', code: 'merged' });
});

test('is accepted once its policy has seen it, while it still waits', async () => {
  for (const policy of [undefined, latest, reject, collect()]) {
    const stage = new Stage({ policy });
    const first = stage.enqueue('ada', 'runs');
    assert.equal(await standOf(first.accepted), 'resolved');
    assert.equal(await standOf(first), 'waits');
    await stage.endAll();
  }
});

test('is not accepted when its policy refuses it at the first look', async () => {
  const stage = new Stage({ policy: reject });
  const first = stage.enqueue('ada', 'a');
  const second = stage.enqueue('ada', 'b');
  const readEarly = second.accepted;
  assert.equal(await standOf(readEarly), 'rejected');
  assert.equal(await standOf(second.accepted), 'rejected');
  assert.equal(await standOf(first.accepted), 'resolved');
  await stage.endAll();
});

test('is not accepted by a queue that is stopped or full, nor with a bad argument', async () => {
  const stage = new Stage({ maxPendingPerSession: 1 });
  void stage.enqueue('ada', 'a');
  assert.equal(await standOf(stage.enqueue('ada', 'b').accepted), 'full');
  stage.queue.stop();
  assert.equal(await standOf(stage.enqueue('bob', 'c').accepted), 'stopped');
  const ticket = stage.enqueue(wrong(5), 'd');
  assert.match(await standOf(ticket.accepted), /expected a string/);
  await stage.endAll();
});

test('stays accepted when it is replaced, expires or is cancelled later', async () => {
  const stage = new Stage({ policy: latest });
  await stage.enqueueAll('ada', 'runs');
  const replaced = stage.enqueue('ada', 'replaced');
  await stage.settle();
  const cancelled = stage.enqueue('ada', 'cancelled');
  await stage.settle();
  assert.equal(await standOf(replaced.accepted), 'resolved');
  cancelled.cancel();
  assert.equal(await standOf(cancelled.accepted), 'resolved');
  assert.deepEqual(stage.told, ['replaced: dropped replaced', 'cancelled: dropped cancelled']);
  await stage.endAll();
});

test('says that it was accepted when it is cancelled before its policy has seen it', async () => {
  const stage = new Stage({ policy: latest });
  const ticket = stage.enqueue('ada', 'a');
  const { accepted } = ticket;
  assert.equal(ticket.cancel(), true);
  assert.equal(await standOf(accepted), 'resolved');
  assert.deepEqual(stage.told, ['a: dropped cancelled']);
  stage.assertIdle();
});

test('is accepted in a session that is paused', async () => {
  const stage = new Stage({ policy: reject });
  stage.queue.pause();
  const tickets = [stage.enqueue('ada', 'a'), stage.enqueue('ada', 'b')];
  assert.deepEqual(await Promise.all(tickets.map(({ accepted }) => standOf(accepted))), ['resolved', 'rejected']);
  stage.queue.resume();
  await stage.endAll();
  stage.assertIdle();
});
