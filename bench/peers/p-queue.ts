/**
 * p-queue: a Map of queues, each `new PQueue({concurrency: 1})` and `queue.add(task)` as under "Usage" in its readme.
 * The readme has nothing per key and so nothing that removes the queue of an idle key.
 */
import PQueue from 'p-queue';

import type { CreatePeerQueue } from '../peer.ts';

export const createPeerQueue: CreatePeerQueue = () => {
  const queues = new Map<string, PQueue>();
  return {
    enqueue(sessionKey, task) {
      let queue = queues.get(sessionKey);
      if (queue === undefined) {
        queue = new PQueue({ concurrency: 1 });
        queues.set(sessionKey, queue);
      }
      return queue.add(task);
    },
  };
};
