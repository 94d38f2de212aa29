/**
 * p-limit: a Map of limits, each `pLimit(1)` and `limit(task)` as under "Usage" in its readme. The readme has nothing per
 * key and so nothing that removes the limit of an idle key.
 */
import pLimit from 'p-limit';
import type { LimitFunction } from 'p-limit';

import type { CreatePeerQueue } from '../peer.ts';

export const createPeerQueue: CreatePeerQueue = () => {
  const limits = new Map<string, LimitFunction>();
  return {
    enqueue(sessionKey, task) {
      let limit = limits.get(sessionKey);
      if (limit === undefined) {
        limit = pLimit(1);
        limits.set(sessionKey, limit);
      }
      return limit(task);
    },
  };
};
