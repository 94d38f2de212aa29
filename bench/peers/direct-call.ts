/** No queue at all: the task is called and awaited. It keeps no order; it shows what the measuring itself costs. */
import type { CreatePeerQueue } from '../peer.ts';

export const createPeerQueue: CreatePeerQueue = () => ({
  enqueue: async (_sessionKey, task) => await task(),
});
