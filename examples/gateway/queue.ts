/** The queue of the gateway: one lane per user, and a policy that can be changed while it runs. */
// A program of your own imports this from '@tinyclaw/queue'.
import { createSessionQueue } from '../../src/index.ts';
import type { MessageQueue, MessageTurn, Policy } from '../../src/index.ts';
import type { Agent } from './agent.ts';
import type { Choice } from './choices.ts';

/** What a user has typed. Its id is that of the entry, so that the agent can say which one it has taken. */
export interface Message {
  readonly id: string;
  readonly user: string;
  readonly text: string;
}

export type ChatTurn = MessageTurn<Message>;
export type ChatQueue = MessageQueue<Message, string>;
export type ChatPolicy = Policy<Message>;

/** How many messages of one user may be unanswered at a time. */
const maxPendingPerUser = 20;

/**
 * Makes the queue. `chosen` gives the choice that is to hold now: a policy from the next event of a session on, and
 * the agent's manner from the next turn on, because a turn ends as it began.
 */
export function createChatQueue(agent: Agent, chosen: () => Choice): ChatQueue {
  // One queue whatever is chosen: what waits stays in its line, and is what the next policy is shown.
  const policy: ChatPolicy = (view) => chosen().policy(view);
  // Whoever loses an entry is told by which policy, and that is not the one that only hands on.
  Object.defineProperty(policy, 'name', { get: () => chosen().name });
  return createSessionQueue({
    run: (turn: ChatTurn) => agent(turn, chosen().manner),
    policy,
    idleTimeoutMs: 60_000,
    maxPendingPerSession: maxPendingPerUser,
  });
}
