/**
 * effect's PartitionedSemaphore: `semaphore.withPermit(key)(effect)` as in its doc comments, run from promises at the edge.
 * The partitions share one pool of permits, so one permit is the only number at which the tasks of a session never overlap;
 * the price is that sessions wait for each other.
 */
import * as Effect from 'effect/Effect';
import * as PartitionedSemaphore from 'effect/PartitionedSemaphore';

import type { CreatePeerQueue } from '../peer.ts';

export const createPeerQueue: CreatePeerQueue = () => {
  const semaphore = PartitionedSemaphore.makeUnsafe<string>({ permits: 1 });
  return {
    enqueue(sessionKey, task) {
      const effect = Effect.tryPromise({ try: task, catch: (error) => error });
      return Effect.runPromise(semaphore.withPermit(sessionKey)(effect));
    },
  };
};
