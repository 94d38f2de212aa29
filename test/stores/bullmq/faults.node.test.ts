/** Processes that die, sleep or lose their way to Redis: whatever was accepted is run, once by all that is told, in its order. */
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { createSessionQueue } from '#src/index.ts';
import type { DistributedQueue, MessageTurn } from '#src/index.ts';
import { bullmq } from '#src/stores/bullmq/index.ts';
import { checkHistory, Fleet } from './fleet.ts';
import type { Accepted } from './fleet.ts';
import { Proxy } from './proxy.ts';
import { RedisServer, whyNoRedis } from './redis-server.ts';

const sessions = 12;
const entries = 15;

interface Done {
  readonly input: number;
  readonly epoch: number;
}

describe('the store on Redis and BullMQ, when things break', { skip: whyNoRedis() }, () => {
  let redis: RedisServer;
  before(async () => {
    redis = await RedisServer.start();
  });
  after(async () => {
    await redis.dispose();
    setTimeout(() => process.exit(), 500);
  });

  /** A process that only enqueues. */
  function open(name: string, port = redis.port): DistributedQueue<number, Done> {
    return createSessionQueue({
      run: ({ input, epoch }: MessageTurn<number>): Done => ({ input, epoch }),
      store: bullmq({ connection: { port }, name, sessions: 0, takeoverMs: 2000, answerMs: 2000 }),
    });
  }

  async function enqueueAll(queue: DistributedQueue<number, Done>): Promise<Accepted[]> {
    const tickets = Array.from({ length: sessions * entries }, (_, index) => {
      const key = `session ${index % sessions}`;
      const input = Math.floor(index / sessions);
      return queue.enqueue(key, input, { id: `update ${input}` }).then((done) => ({ key, ...done }));
    });
    return Promise.all(tickets);
  }

  test('a worker that is killed: its sessions go on in others, and nothing is told twice or out of order', async () => {
    const fleet = new Fleet(redis.port, 'kill', 10);
    const queue = open('kill');
    await Promise.all([fleet.add(), fleet.add()]);
    const all = enqueueAll(queue);
    for (let kill = 0; kill < 3; kill += 1) {
      await sleep(300);
      const [victim] = fleet.workers;
      if (victim !== undefined) await fleet.kill(victim);
      await fleet.add();
    }
    checkHistory(await all, sessions, entries);
    assert.equal(await queue.pending(), 0);
    await queue.close();
    await fleet.end();
  });

  test('a worker that sleeps longer than its locks: what it does when it wakes is refused', async () => {
    const fleet = new Fleet(redis.port, 'stop', 20);
    const queue = open('stop');
    const [sleeper] = await Promise.all([fleet.add(), fleet.add()]);
    const all = enqueueAll(queue);
    await sleep(400);
    sleeper.kill('SIGSTOP');
    await sleep(4000);
    sleeper.kill('SIGCONT');
    checkHistory(await all, sessions, entries);
    assert.equal(await queue.pending(), 0);
    await queue.close();
    await fleet.end();
  });

  test('a Redis that is restarted: what was accepted is there, and everything goes on', async () => {
    const fleet = new Fleet(redis.port, 'restart', 10);
    const queue = open('restart');
    await Promise.all([fleet.add(), fleet.add()]);
    const all = enqueueAll(queue);
    await sleep(300);
    await redis.stop();
    await sleep(500);
    await redis.start();
    checkHistory(await all, sessions, entries);
    await queue.close();
    await fleet.end();
  });

  test('a connection that is cut, and one that goes dead without a word: both are made anew, and nobody hangs', async () => {
    const proxy = await Proxy.to(redis.port);
    const fleet = new Fleet(proxy.port, 'network', 10);
    const queue = open('network');
    await Promise.all([fleet.add(), fleet.add()]);
    const all = enqueueAll(queue);
    await sleep(200);
    proxy.cut();
    await sleep(300);
    proxy.open();
    await sleep(200);
    proxy.goDead();
    await sleep(3000);
    proxy.open();
    checkHistory(await all, sessions, entries);
    await queue.close();
    await fleet.end();
    proxy.close();
  });

  test('FLUSHALL: what was there is lost and said to be unknown, and epochs go on growing', async () => {
    const fleet = new Fleet(redis.port, 'flush', 5);
    const queue = open('flush');
    await fleet.add();
    const { epoch: first } = await queue.enqueue('ada', 1);
    await redis.run((client) => client.flushall());
    const { epoch: second } = await queue.enqueue('ada', 2);
    assert.ok(second > first);
    await queue.close();
    await fleet.end();
  });
});
