/** What the store asks of its Redis, and what it does for sessions that share it. */
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { createSessionQueue, QueueError } from '#src/index.ts';
import type { MessageTurn } from '#src/index.ts';
import { bullmq } from '#src/stores/bullmq/index.ts';
import { wrong } from '../../core/stage.ts';
import { RedisServer, whyNoRedis } from './redis-server.ts';

describe('the store on Redis and BullMQ, and its Redis', { skip: whyNoRedis() }, () => {
  let redis: RedisServer;
  before(async () => {
    redis = await RedisServer.start();
  });
  after(() => redis.dispose());

  test('refuses a Redis that would evict entries, and says how to set it right', async () => {
    await redis.run((client) => client.config('SET', 'maxmemory-policy', 'allkeys-lru'));
    const queue = createSessionQueue({
      run: () => 'done',
      store: bullmq({ connection: { port: redis.port }, name: 'evicts', answerMs: 1000 }),
    });
    const error: unknown = await queue.enqueue('ada', 'a').catch((error: unknown) => error);
    assert.ok(error instanceof QueueError);
    assert.equal(error.code, 'not-stored');
    assert.match(error.message, /allkeys-lru.*CONFIG SET maxmemory-policy noeviction/);
    await queue.close();
    await redis.run((client) => client.config('SET', 'maxmemory-policy', 'noeviction'));
  });

  test('says that nothing was stored when there is no Redis', async () => {
    const queue = createSessionQueue({
      run: () => 'done',
      store: bullmq({ connection: { port: 1 }, answerMs: 200 }),
    });
    // It is asked whether it evicts first, and for as long as it takes.
    const ticket = queue.enqueue('ada', 'a');
    const closed = queue.close({ drainMs: 0 });
    await assert.rejects(ticket, { code: 'not-stored' });
    await closed;
  });

  test('lets a cold session run after one turn of a hot one, which has hundreds waiting', async () => {
    const turns: string[] = [];
    let hasLeased = false;
    const queue = createSessionQueue({
      concurrency: 1,
      // Turns of the hot session that start before the cold one has come to this process don't count.
      run: async ({ key }: MessageTurn<number>) => {
        if (hasLeased) turns.push(key);
        await sleep(5);
      },
      store: bullmq({ connection: { port: redis.port }, name: 'hot' }),
    });
    queue.subscribe((event) => {
      if (event.type === 'enqueued' && event.key === 'cold') hasLeased = true;
    });
    const hot = Array.from({ length: 300 }, (_, index) => queue.enqueue('hot', index));
    await hot[5];
    await queue.enqueue('cold', 0);
    assert.ok(turns.indexOf('cold') <= 1, `before it came ${turns.join(' ')}`);
    for (const ticket of hot) ticket.cancel();
    await Promise.allSettled(hot);
    await queue.close();
  });

  test('keeps the order, and lets epochs grow, when the clock of its Redis was put back', async () => {
    const name = 'clock';
    const told: number[] = [];
    const queue = createSessionQueue({
      run: ({ input, epoch }: MessageTurn<string>) => {
        told.push(epoch);
        return input;
      },
      store: bullmq({ connection: { port: redis.port }, name }),
    });
    await queue.enqueue('ada', 'first');
    // As if all that came so far had come an hour from now.
    const laterMicros = (Date.now() + 3_600_000) * 1000;
    await redis.run((client) => client.set(`bull:{${name}}:lane:tick`, String(laterMicros)));
    await queue.pause('ada');
    const tickets = ['a', 'b', 'c'].map((text) => queue.enqueue('ada', text));
    await Promise.all(tickets.map(({ accepted }) => accepted));
    await redis.run((client) => client.set(`bull:{${name}}:lane:tick`, String(laterMicros + 10)));
    tickets.push(queue.enqueue('ada', 'd'));
    await queue.resume('ada');
    assert.deepEqual(await Promise.all(tickets), ['a', 'b', 'c', 'd']);
    assert.deepEqual(
      told,
      told.toSorted((one, other) => one - other),
    );
    assert.equal(new Set(told).size, 5);
    assert.ok((told[1] ?? 0) > laterMicros);
    await queue.close();
  });

  test('refuses options that make no sense, at once', () => {
    assert.throws(() => bullmq(wrong({})), /connection is undefined; expected a URL/);
    assert.throws(() => bullmq({ connection: {}, takeoverMs: 10 }), /takeoverMs is 10; expected milliseconds >= 1000/);
    assert.throws(() => bullmq({ connection: {}, sessions: 1.5 }), /sessions is 1.5; expected an integer >= 0/);
    assert.throws(() => bullmq({ connection: {}, name: 'a:b' }), /name is "a:b"; expected text without a colon/);
  });
});
