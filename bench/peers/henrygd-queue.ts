/**
 * `@henrygd/queue`: a Map of queues, each `newQueue(1)` and `queue.add(task)` as under "Usage" in its readme, and its entry
 * for AsyncLocalStorage where one is in use, as the readme's tip says. The readme has nothing per key and so nothing that
 * removes the queue of an idle key.
 */
import { newQueue } from '@henrygd/queue';
import type { Queue } from '@henrygd/queue';
import { newQueue as newStorageQueue } from '@henrygd/queue/async-storage';

import type { CreatePeerQueue } from '../peer.ts';

export const createPeerQueue: CreatePeerQueue = (mode) => {
  const queues = new Map<string, Queue>();
  const createQueue = mode === 'storage' ? newStorageQueue : newQueue;
  return {
    enqueue(sessionKey, task) {
      let queue = queues.get(sessionKey);
      if (queue === undefined) {
        queue = createQueue(1);
        queues.set(sessionKey, queue);
      }
      return queue.add(task);
    },
  };
};
