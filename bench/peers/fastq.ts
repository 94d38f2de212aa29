/**
 * fastq: a Map of queues, each `fastq.promise(worker, 1)` and `queue.push(task)` as under "Usage (promise API)" in its
 * README, with the task as the thing pushed. The README has nothing per key and so nothing that removes an idle queue.
 */
import fastq from 'fastq';
import type { queueAsPromised } from 'fastq';

import type { CreatePeerQueue, PeerTask } from '../peer.ts';

export const createPeerQueue: CreatePeerQueue = () => {
  const queues = new Map<string, queueAsPromised<PeerTask, unknown>>();
  return {
    enqueue(sessionKey, task) {
      let queue = queues.get(sessionKey);
      if (queue === undefined) {
        queue = fastq.promise<unknown, PeerTask, unknown>(runTask, 1);
        queues.set(sessionKey, queue);
      }
      return queue.push(task);
    },
  };
};

async function runTask(task: PeerTask): Promise<unknown> {
  return task();
}
