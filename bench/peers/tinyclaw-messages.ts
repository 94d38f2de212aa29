/** This package with a handler: the same tasks, but each is the message of a turn. */
import { createSessionQueue } from '../../src/index.ts';
import type { MessageTurn } from '../../src/index.ts';
import type { CreatePeerQueue, PeerTask } from '../peer.ts';

export const createPeerQueue: CreatePeerQueue = () => {
  const queue = createSessionQueue({ run: (turn: MessageTurn<PeerTask>) => turn.input() });
  return { enqueue: (sessionKey, task) => queue.enqueue(sessionKey, task) };
};
