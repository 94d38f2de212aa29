/**
 * async-sema: a Map of semaphores of one token, `acquire`, then `release` in a `finally`, as under "Example" in its README.
 * `capacity` stays at its default. The README has nothing per key and so nothing that removes an idle semaphore.
 */
import { Sema } from 'async-sema';

import type { CreatePeerQueue } from '../peer.ts';

export const createPeerQueue: CreatePeerQueue = () => {
  const semaphores = new Map<string, Sema>();
  return {
    async enqueue(sessionKey, task) {
      let semaphore = semaphores.get(sessionKey);
      if (semaphore === undefined) {
        semaphore = new Sema(1);
        semaphores.set(sessionKey, semaphore);
      }
      await semaphore.acquire();
      try {
        return await task();
      } finally {
        semaphore.release();
      }
    },
  };
};
