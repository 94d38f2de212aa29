/**
 * What a busy session does is decided by a policy: a pure function from the state of one session to
 * a plan. The queue calls it after every event and carries the plan out.
 */

/**
 * Looks at one session and says what is to happen. It must depend on the view alone, and is called
 * soon after an arrival, the start or end of a turn, a wake-up, a cancel or a resume; never inside `enqueue`.
 * Giving nothing leaves the session as it is: first in, first out.
 *
 * When it throws, or gives what can't be carried out, that is told as a `policy-failed` event with
 * the policy's name, and the session goes on first in, first out until it is idle.
 *
 * @example
 * const newestFirst: Policy = ({ waiting, running }) =>
 *   running === undefined ? { start: waiting.slice(-1) } : undefined;
 * const queue = createSessionQueue({ policy: newestFirst });
 * const order: string[] = [];
 * const note = (name: string) => queue.enqueue('ada', () => void order.push(name));
 * await Promise.all([note('first'), note('second'), note('third')]);
 * assert.deepEqual(order, ['third', 'second', 'first']);
 */
export interface Policy<Message = unknown> {
  (view: PolicyView<Message>): Plan | undefined | void;
  /** Names it where its failure is reported. A function has one by itself. */
  readonly name: string;
  /** How many of a session's last starts the view has to show, and for how long they count. */
  readonly remembers?: { readonly starts: number; readonly forMs: number };
}

/** A policy that a queue of tasks can't have, because it looks into messages or puts several into one turn. */
export interface MessagePolicy<Message = unknown> extends Policy<Message> {
  readonly needsMessages: true;
}

/** One session at one moment. All times are in ms on one clock that never goes back. */
export interface PolicyView<Message = unknown> {
  readonly key: string;
  readonly nowMs: number;
  /** What waits, in the order in which it would start; behind another policy, what that one left. */
  readonly waiting: readonly WaitingEntry<Message>[];
  readonly running: RunningTurn | undefined;
  /** When the oldest that waits arrived or, if that was earlier, the first since the last start, dropped ones included. */
  readonly firstArrivalMs: number;
  readonly lastArrivalMs: number;
  /** The starts that `remembers` asks for, oldest first. */
  readonly startsMs: readonly number[];
}

/** An entry that waits. A plan names it by this very object. */
export interface WaitingEntry<Message = unknown> {
  readonly id: string;
  /** Counts up in the order of arrival, which a priority doesn't change. */
  readonly arrival: number;
  readonly enqueuedMs: number;
  /** In seconds, as given to `enqueue`; 0 by default. */
  readonly priority: number;
  /** undefined for a task. */
  readonly message: Message;
}

/** The turn that holds the session's lane. */
export interface RunningTurn {
  readonly id: string;
  /** While it is about to start, `nowMs`. */
  readonly startedMs: number;
  /** Whether it was aborted and has not ended yet. */
  readonly isAborting: boolean;
}

/** What is to happen. What isn't named stays as it is. */
export interface Plan {
  /** Takes entries out of the line, and tells their callers why. */
  readonly drop?: readonly Drop[];
  /** Aborts the running turn: its caller is told, its signal aborts, and its lane stays closed until it has ended. */
  readonly abort?: AbortReason;
  /** Looks at the session again at this time, later than `nowMs`, if nothing happens before. */
  readonly wakeMs?: number;
  /**
   * The entries that the next turn takes, one for a task. Nobody but them starts; none means that
   * nothing starts now. While a turn runs it may only be empty. Without it the first in line starts.
   */
  readonly start?: readonly WaitingEntry[];
}

/** One entry that is to leave, and why: the `code` of the error that its caller gets. */
export interface Drop {
  readonly entry: WaitingEntry;
  readonly reason: DropReason;
}

/**
 * - `rejected`: the session was busy
 * - `replaced`: a newer entry takes its place
 * - `full`: too many wait
 * - `expired`: it waited too long
 * - `cancelled`: it is not wanted any more
 */
export type DropReason = 'rejected' | 'replaced' | 'full' | 'expired' | 'cancelled';

/**
 * - `interrupted`: a newer entry is to run instead
 * - `cancelled`: it is not wanted any more
 */
export type AbortReason = 'interrupted' | 'cancelled';
