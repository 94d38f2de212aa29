/**
 * bottleneck: its Group, `group.key(key).schedule(task)` as under "Group" in its README, with `maxConcurrent: 1`. The Group
 * deletes a limiter by itself once it has been idle for five minutes, its default.
 */
import Bottleneck from 'bottleneck';

import type { CreatePeerQueue } from '../peer.ts';

export const createPeerQueue: CreatePeerQueue = () => {
  const group = new Bottleneck.Group({ maxConcurrent: 1 });
  return {
    enqueue: (sessionKey, task) => group.key(sessionKey).schedule(task),
    // A Group holds a timer that nothing stops, and by it all its limiters.
    async close() {
      for (const sessionKey of group.keys()) await group.deleteKey(sessionKey);
    },
  };
};
