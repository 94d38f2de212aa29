/**
 * es-toolkit's Mutex: a Map of mutexes, `acquire`, then `release` in a `finally`, as in the example of its doc comment and
 * reference page. They have nothing per key and so nothing that removes the mutex of an idle key.
 */
import { Mutex } from 'es-toolkit/promise';

import type { CreatePeerQueue } from '../peer.ts';

export const createPeerQueue: CreatePeerQueue = () => {
  const mutexes = new Map<string, Mutex>();
  return {
    async enqueue(sessionKey, task) {
      let mutex = mutexes.get(sessionKey);
      if (mutex === undefined) {
        mutex = new Mutex();
        mutexes.set(sessionKey, mutex);
      }
      await mutex.acquire();
      try {
        return await task();
      } finally {
        mutex.release();
      }
    },
  };
};
