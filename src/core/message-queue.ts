/** The public shape of a queue of messages, which one handler runs: what a caller hands in and gets back. */
import type { Policy } from './policy.ts';
import type { QueueErrorCode, QueueError } from './queue-error.ts';
import type { EntryOptions, QueueControls, QueueOptions, Turn } from './session-queue.ts';

/** One lane per session, for messages: each turn hands one of them, or several where the policy collects, to `run`. */
export interface MessageQueue<Message, Result> extends QueueControls<UnstartedMessage<Message>> {
  /**
   * Puts the message in its session's line and gives a ticket for it. The place in line is taken
   * before this call returns; `run` never starts inside the call, and runs in the async context of
   * the `enqueue` call whose ticket carries the turn's value.
   *
   * Never throws: bad arguments and refusals reject the ticket, and nothing is enqueued.
   *
   * @example
   * const queue = createSessionQueue({ run: async (turn: MessageTurn<string>) => turn.input.toUpperCase() });
   * assert.equal(await queue.enqueue('ada', 'hello'), 'HELLO');
   */
  enqueue(sessionKey: string, message: Message, options?: MessageOptions): Ticket<Result>;
}

/** How a queue of messages behaves. */
export interface MessageQueueOptions<Message, Result> extends Omit<QueueOptions, 'policy'> {
  /** Handles the messages of one turn. What it returns or throws is told to the ticket that carries the turn. */
  readonly run: (turn: MessageTurn<Message>) => Result | PromiseLike<Result>;
  /** What a busy session does; default first in, first out. */
  readonly policy?: Policy<NoInfer<Message>> | undefined;
  /** How long an id is known after its entry has ended, in ms: >= 0, default 300,000 (five minutes). */
  readonly rememberMs?: number | undefined;
  /** How many ids of ended entries are known at most, oldest forgotten first: an integer >= 1, default 10,000. */
  readonly rememberMax?: number | undefined;
  /**
   * Told of every entry that had a place in line and won't be answered: all that left without having run,
   * and all that an interrupted turn had started with. Called soon after, in order, in the async context of
   * `createSessionQueue`. With it, those entries raise no unhandled rejection: they are handled here.
   */
  readonly onDrop?: ((dropped: DroppedMessage<NoInfer<Message>>) => void) | undefined;
}

/** How one message is to be treated. Every field is optional. */
export interface MessageOptions extends EntryOptions {
  /**
   * Names the message within its session. A second `enqueue` with the id of an entry that waits,
   * runs, or has run within `rememberMs` gives the ticket of the first, and nothing is enqueued. An
   * entry that left without having run is forgotten: it may come again.
   */
  readonly id?: string | undefined;
}

/** One run of the handler. */
export interface MessageTurn<Message> extends Turn {
  /** The messages that the turn started with, oldest first. At least one. */
  readonly inputs: readonly Message[];
  /** The newest of them: the one whose ticket carries the turn's value. */
  readonly input: Message;
  /**
   * Steering: takes everything that waits in the session's line into this turn, and gives it, in
   * order. Their tickets end `merged` when the turn has ended well. When it fails or is aborted,
   * they go back to the head of the line, unless `acknowledge()` was called. Gives nothing once
   * the turn was aborted or has ended.
   */
  take(): readonly Message[];
  /** Says that all that was taken or received so far is dealt with, whatever becomes of the turn: those tickets end `merged` now. */
  acknowledge(): void;
  /**
   * Asks the user: gives the next message of the session that arrives after this call, or undefined
   * when none has come within `timeoutMs` (> 0, Infinity is allowed). What was waiting before never
   * answers. The message is taken as by `take()`, and no limit on what is pending refuses it. Meanwhile
   * the turn keeps its session, gives its slot to others, and the idle watchdog rests. Once the queue
   * was stopped nobody can answer: it gives undefined at once. Rejects when the turn is aborted, with the reason.
   *
   * @throws never; a bad `timeoutMs` rejects with RangeError, a second call at the same time with QueueError `receiving`.
   */
  receive(timeoutMs: number): Promise<Message | undefined>;
}

/**
 * What `enqueue` gives for a message: a promise of the turn's result. Exactly one ticket of a turn
 * carries its value; the others reject with `merged`, which alone raises no unhandled rejection.
 * Otherwise it rejects as the promise of a task does; who reads `accepted` or `outcome` has handled it.
 */
export interface Ticket<Result> extends Promise<Result> {
  /** As given to `enqueue`, or else a number of the queue's. */
  readonly id: string;
  /** Resolves when the message was taken in: its policy has seen it and did not refuse it. Rejects when it was not. */
  readonly accepted: Promise<void>;
  /** How the entry ended. Never rejects, but where awaiting it is a deadlock, as awaiting the ticket would be. */
  readonly outcome: Promise<TicketOutcome<Result>>;
  /**
   * Takes the entry back: out of the line (`cancelled`), or by aborting the turn that it carries. A
   * message that another ticket's turn has taken is no longer waited for, and that turn goes on.
   * Says whether there was something to cancel.
   */
  cancel(): boolean;
}

/**
 * How an entry ended:
 * - `done`: its turn gave a value
 * - `failed`: its turn threw, or was aborted; then `code` says by what
 * - `merged`: the turn of the entry with the id `into` has dealt with it
 * - `dropped`: it left without having run; `code` says why
 */
export type TicketOutcome<Result> =
  | { readonly type: 'done'; readonly value: Result }
  | { readonly type: 'failed'; readonly error: unknown; readonly code?: QueueErrorCode }
  | { readonly type: 'merged'; readonly into: string }
  | { readonly type: 'dropped'; readonly code: QueueErrorCode; readonly error: QueueError };

/** A message that won't be answered, and why. */
export interface DroppedMessage<Message> {
  readonly key: string;
  readonly id: string;
  readonly message: Message;
  readonly code: QueueErrorCode;
}

/** A message that was taken out of the line before it ran. Its ticket has been told. */
export interface UnstartedMessage<Message> {
  readonly key: string;
  readonly id: string;
  readonly message: Message;
}
