/** The store on Redis and BullMQ, by the suite of all stores. */
import { after, describe, test } from 'node:test';

import { bullmq } from '#src/stores/bullmq/index.ts';
import { testStore } from '#src/testing/index.ts';
import type { StoreFixture } from '#src/testing/index.ts';
import { Proxy } from './bullmq/proxy.ts';
import { RedisServer, whyNoRedis } from './bullmq/redis-server.ts';

const whyNot = whyNoRedis();

describe('the store on Redis and BullMQ', { skip: whyNot }, async () => {
  const redis = await RedisServer.start();
  after(async () => {
    await redis.dispose();
    // A queue that was closed while it could not reach Redis leaves a worker of BullMQ behind that still tries to.
    setTimeout(() => process.exit(), 500);
  });
  testStore((name, run) => test(name, run), {
    name: 'bullmq',
    makeStore: () => makeStore(redis),
    lacks: {
      context: 'a turn may run in another process than its enqueue',
      exclusive: 'many queues share what is stored',
      local: 'what is enqueued comes back by way of Redis, and its sessions run in any process',
      reading: 'what is stored is read when its session runs',
    },
  });
});

let stores = 0;

async function makeStore(redis: RedisServer): Promise<StoreFixture> {
  stores += 1;
  const name = `suite-${stores}`;
  const proxy = await Proxy.to(redis.port);
  const options = { name, takeoverMs: 1000, answerMs: 1000 };
  return {
    store: bullmq({ ...options, connection: { port: proxy.port } }),
    again: () => bullmq({ ...options, connection: { port: redis.port } }),
    // Nothing of that process reaches Redis any more.
    crash: () => {
      proxy.cut();
      return bullmq({ ...options, connection: { port: redis.port } });
    },
    dispose: () => proxy.close(),
  };
}
