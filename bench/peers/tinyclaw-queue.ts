/** This package, as its README uses it. */
import { createSessionQueue } from '../../src/index.ts';
import type { CreatePeerQueue } from '../peer.ts';

export const createPeerQueue: CreatePeerQueue = () => {
  const queue = createSessionQueue();
  return { enqueue: (sessionKey, task) => queue.enqueue(sessionKey, task) };
};
