/**
 * async-mutex: a Map of mutexes, each used by `mutex.runExclusive(task)` as under "Synchronized code execution" in its
 * README. The README has nothing per key and so nothing that removes the mutex of an idle key.
 */
import { Mutex } from 'async-mutex';

import type { CreatePeerQueue } from '../peer.ts';

export const createPeerQueue: CreatePeerQueue = () => {
  const mutexes = new Map<string, Mutex>();
  return {
    enqueue(sessionKey, task) {
      let mutex = mutexes.get(sessionKey);
      if (mutex === undefined) {
        mutex = new Mutex();
        mutexes.set(sessionKey, mutex);
      }
      return mutex.runExclusive(task);
    },
  };
};
