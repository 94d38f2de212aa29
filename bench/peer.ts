/** What the benchmark asks of everything that it compares: one way to run a task for a session. */

/** A queue of one peer, used per session the way the peer's own documentation uses it. */
export interface PeerQueue {
  /** Runs `task` after everything enqueued before it for the same session, and gives its result. */
  enqueue(sessionKey: string, task: PeerTask): Promise<unknown>;
  /** Lets go of what would otherwise outlive the round and weigh on the next one. Is not timed. */
  close?(): Promise<void>;
}

/** What runs. Peers that want an async function get one. */
export type PeerTask = () => Promise<unknown>;

/** Makes a fresh queue. Every adapter in peers/ exports one, under the name `createPeerQueue`. */
export type CreatePeerQueue = (mode: ContextMode) => PeerQueue;

/** `storage`: every enqueue happens inside an AsyncLocalStorage of the user. `plain`: there is none. */
export type ContextMode = 'plain' | 'storage';
