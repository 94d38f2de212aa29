/** This package with a handler and a policy that changes nothing: what asking a policy costs. */
import { createSessionQueue } from '../../src/index.ts';
import type { MessageTurn } from '../../src/index.ts';
import { fifo } from '../../src/policies/index.ts';
import type { CreatePeerQueue, PeerTask } from '../peer.ts';

export const createPeerQueue: CreatePeerQueue = () => {
  const queue = createSessionQueue({ run: (turn: MessageTurn<PeerTask>) => turn.input(), policy: fifo });
  return { enqueue: (sessionKey, task) => queue.enqueue(sessionKey, task) };
};
