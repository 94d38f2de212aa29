/** The bare promise chain with clean-up: what people write by hand, and what every ratio is measured against. */
import type { CreatePeerQueue } from '../peer.ts';

export const createPeerQueue: CreatePeerQueue = () => {
  const tails = new Map<string, Promise<unknown>>();
  return {
    enqueue(sessionKey, task) {
      const result = (tails.get(sessionKey) ?? Promise.resolve()).then(task, task);
      tails.set(sessionKey, result);
      const cleanUp = (): void => {
        if (tails.get(sessionKey) === result) tails.delete(sessionKey);
      };
      result.then(cleanUp, cleanUp);
      return result;
    },
  };
};
