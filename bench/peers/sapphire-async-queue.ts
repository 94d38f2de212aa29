/**
 * `@sapphire/async-queue`: a Map of queues, `wait`, then `shift` in a `finally`, as under "Usage" in its README. The README
 * has nothing per key and so nothing that removes the queue of an idle key.
 */
import { AsyncQueue } from '@sapphire/async-queue';

import type { CreatePeerQueue } from '../peer.ts';

export const createPeerQueue: CreatePeerQueue = () => {
  const queues = new Map<string, AsyncQueue>();
  return {
    async enqueue(sessionKey, task) {
      let queue = queues.get(sessionKey);
      if (queue === undefined) {
        queue = new AsyncQueue();
        queues.set(sessionKey, queue);
      }
      await queue.wait();
      try {
        return await task();
      } finally {
        queue.shift();
      }
    },
  };
};
