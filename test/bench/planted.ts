/** Queues that are wrong in one way each, and what the benchmark's checks have to find in them. */
import { AsyncResource } from 'node:async_hooks';

import type { MannersFault } from '../../bench/check-manners.ts';
import type { WorkloadFault } from '../../bench/check-workload.ts';
import type { ContextMode, CreatePeerQueue, PeerQueue, PeerTask } from '../../bench/peer.ts';
import { createPeerQueue as createChain } from '../../bench/peers/promise-chain.ts';
import { createPeerQueue as createSessionQueue } from '../../bench/peers/tinyclaw-queue.ts';

export interface Planted {
  readonly does: string;
  readonly fault: WorkloadFault | MannersFault;
  readonly create: CreatePeerQueue;
}

export const planted: readonly Planted[] = [
  { does: 'starts every tenth task without waiting', fault: 'overlap', create: startAtOnce },
  { does: 'runs the newest first', fault: 'order', create: runNewestFirst },
  {
    does: 'answers without having run the task',
    fault: 'loss',
    create: changingTasks((task, enqueueNumber) => (enqueueNumber === 7 ? async () => enqueueNumber : task)),
  },
  {
    does: 'runs a task twice',
    fault: 'loss',
    create: changingTasks((task, enqueueNumber) => (enqueueNumber === 7 ? () => task().then(task) : task)),
  },
  {
    does: 'tells a wrong result',
    fault: 'loss',
    create: changingTasks((task, enqueueNumber) => (enqueueNumber === 7 ? () => task().then(() => 0) : task)),
  },
  {
    does: 'runs tasks in a context of its own',
    fault: 'context',
    create: changingTasks((task) => () => outside.runInAsyncScope(task)),
  },
  { does: 'has one lane for all sessions', fault: 'sessions wait for each other', create: runInOneLane },
  {
    does: 'turns a failure into a success',
    fault: 'a failure is changed',
    create: changingTasks((task) => () => task().catch((error: unknown) => error)),
  },
  {
    does: 'waits for ever behind a failure',
    fault: 'a failure blocks',
    create: changingTasks((task) => () => task().catch(() => new Promise(() => {}))),
  },
  { does: 'hands out a promise that it handles itself', fault: 'a failure is swallowed', create: handleAll },
  { does: 'keeps a second promise that nobody handles', fault: 'a failure is reported twice', create: deriveIdly },
  { does: 'keeps its lanes in an object', fault: 'keys', create: keepInObject },
  { does: 'is the bare chain', fault: 'self-await hangs', create: createChain },
];

const outside = new AsyncResource('outside');

/** The chain, with every task changed before it is enqueued. */
function changingTasks(change: (task: PeerTask, enqueueNumber: number) => PeerTask): CreatePeerQueue {
  return (mode) => {
    const chain = createChain(mode);
    let enqueueNumber = 0;
    return {
      enqueue(sessionKey, task) {
        enqueueNumber += 1;
        return chain.enqueue(sessionKey, change(task, enqueueNumber));
      },
    };
  };
}

function startAtOnce(mode: ContextMode): PeerQueue {
  const chain = createChain(mode);
  let enqueueNumber = 0;
  return {
    enqueue(sessionKey, task) {
      enqueueNumber += 1;
      return enqueueNumber % 10 === 0 ? task() : chain.enqueue(sessionKey, task);
    },
  };
}

function runNewestFirst(mode: ContextMode): PeerQueue {
  const chain = createChain(mode);
  const stack: (() => void)[] = [];
  return {
    enqueue: (sessionKey, task) =>
      new Promise((resolve) => {
        stack.push(() => resolve(chain.enqueue(sessionKey, task)));
        queueMicrotask(() => stack.pop()?.());
      }),
  };
}

function runInOneLane(mode: ContextMode): PeerQueue {
  const chain = createChain(mode);
  return { enqueue: (_sessionKey, task) => chain.enqueue('all', task) };
}

function handleAll(mode: ContextMode): PeerQueue {
  const queue = createSessionQueue(mode);
  return {
    enqueue(sessionKey, task) {
      const result = queue.enqueue(sessionKey, task);
      result.catch(() => {});
      return result;
    },
  };
}

function deriveIdly(mode: ContextMode): PeerQueue {
  const queue = createSessionQueue(mode);
  return {
    enqueue(sessionKey, task) {
      const result = queue.enqueue(sessionKey, task);
      void result.then(() => undefined);
      return result;
    },
  };
}

function keepInObject(): PeerQueue {
  const tails: Record<string, Promise<unknown> | undefined> = {};
  return {
    enqueue(sessionKey, task) {
      const result = (tails[sessionKey] ?? Promise.resolve()).then(task, task);
      tails[sessionKey] = result;
      return result;
    },
  };
}
