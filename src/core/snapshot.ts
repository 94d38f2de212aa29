/** What `inspect` gives: the queue and its sessions at one moment, as plain data. */

/** The whole queue at one moment. */
export interface QueueSnapshot {
  /** Entries that wait or run. */
  readonly pending: number;
  readonly waiting: number;
  readonly running: number;
  readonly stopped: boolean;
  /** Paused as a whole. */
  readonly paused: boolean;
  /** Keys that were paused by themselves, idle ones too. */
  readonly pausedSessions: readonly string[];
  /** Every session that is not idle, oldest first. */
  readonly sessions: readonly SessionSnapshot[];
}

/** One session at one moment. Ages are in ms and as old as the pass of the event loop that set them. */
export interface SessionSnapshot {
  readonly key: string;
  readonly state: SessionState;
  /** Who holds the lane, if somebody does. */
  readonly turn?: TurnSnapshot;
  /** Entries that wait, without the running one. */
  readonly waiting: number;
  /** How long the entry that is next has waited; 0 when none waits. */
  readonly oldestWaitedMs: number;
}

/**
 * - `running`: its turn runs
 * - `aborting`: its turn was aborted and has not ended yet
 * - `ready`: its next entry may start and waits for a slot, or for the next pass of the event loop
 * - `held`: entries wait, and the policy lets none of them start yet, or the first has failed and is to be tried again later
 * - `paused`: entries wait, and the session or the queue is paused
 */
export type SessionState = 'running' | 'aborting' | 'ready' | 'held' | 'paused';

/** The turn that holds a lane. */
export interface TurnSnapshot {
  readonly id: string;
  readonly epoch: number;
  readonly ranMs: number;
  /** How long ago it was aborted, if it was. */
  readonly abortedMs?: number;
  /** The sessions whose entries it awaits, if it does. */
  readonly awaits: readonly string[];
}
