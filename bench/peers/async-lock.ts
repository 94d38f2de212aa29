/**
 * async-lock: keyed by itself, `lock.acquire(key, task)` in promise mode as under "Get Started" in its README. It removes
 * idle keys by itself. `maxPending` is raised from its default of 1,000, which would refuse most of a deep session.
 */
import AsyncLock from 'async-lock';

import type { CreatePeerQueue } from '../peer.ts';

export const createPeerQueue: CreatePeerQueue = () => {
  const lock = new AsyncLock({ maxPending: Infinity });
  return { enqueue: (sessionKey, task) => lock.acquire(sessionKey, task) };
};
