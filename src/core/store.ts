/**
 * The public shape of a queue whose entries outlive it: what a store is to the queue, and what a caller can ask of a queue that
 * has one.
 */
import type { Clock } from './clock.ts';
import type { MessageOptions, MessageQueue, MessageQueueOptions, Ticket, UnstartedMessage } from './message-queue.ts';

/** Where entries wait. Made by `sqlite(…)` or `memory()`, and handed to `createSessionQueue` as its `store`. */
export interface Store {
  /** Names it in errors. */
  readonly name: string;
  /** Whether other processes work on it as well, so that what is asked of the queue is answered later. */
  readonly isDistributed?: boolean;
  /** Makes the queue that works on it; called once, by `createSessionQueue`. @internal */
  makeQueue(options: DurableQueueOptions<never, unknown>, clock: Clock): unknown;
}

/** Where the entries of many processes wait. Made by `bullmq(…)`, and handed to `createSessionQueue` as its `store`. */
export interface DistributedStore extends Store {
  readonly isDistributed: true;
}

/** How a queue with a store behaves. */
export interface DurableQueueOptions<Message, Result> extends MessageQueueOptions<Message, Result> {
  /** Where entries wait, and ended ones are known. */
  readonly store: Store;
  /**
   * How often an entry is run until it has ended well: an integer >= 1, default 1. After a failure or a timeout it goes back to
   * the head of its session's line, which waits for it. What was cancelled, interrupted or aborted by its own signal is never
   * run again. A crash of the process is no failure: what was cut off runs again, however often that happens.
   */
  readonly attempts?: number | undefined;
  /** How long the session waits before the next attempt. */
  readonly backoff?: Backoff | undefined;
  /**
   * What becomes of a session whose entry has failed for good, which always is kept as a dead letter: `continue` (default) goes
   * on with the next; `block` holds the session until the dead letter is retried or dropped.
   */
  readonly onFailure?: 'continue' | 'block' | undefined;
  /** Checks messages before they are stored: a Standard Schema that answers at once, as those of zod, valibot and arktype do. */
  readonly schema?: MessageSchema | undefined;
  /** How messages and results are written; default JSON, which refuses whatever would come back as something else. */
  readonly codec?: Codec | undefined;
  /** The longest that one message or result may be when written, in bytes: an integer >= 1, default 16,777,216. */
  readonly maxBytes?: number | undefined;
}

/** The n-th attempt after the first comes `firstMs * factor ** (n - 1)` later, and at most `maxMs`. */
export interface Backoff {
  /** >= 0, default 1,000. */
  readonly firstMs?: number | undefined;
  /** >= 1, default 2. */
  readonly factor?: number | undefined;
  /** >= 0, default 60,000. */
  readonly maxMs?: number | undefined;
}

/** Turns a value into text and back. What `encode` throws refuses the message, or fails the turn. */
export interface Codec {
  encode(value: unknown): string;
  decode(text: string): unknown;
}

/** The part of the Standard Schema interface (standardschema.dev, version 1) that is used. */
export interface MessageSchema {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => unknown;
  };
}

/** A queue of messages whose entries are stored. */
export interface DurableQueue<Message, Result> extends MessageQueue<Message, Result> {
  /**
   * As without a store; and `accepted` resolves when the message is stored, so that it survives a crash. A message whose
   * `accepted` has not resolved may have run, and be lost. When storing fails it rejects with `not-stored`, or with
   * `maybe-stored` where the store can't tell; the entry is dropped then. The ticket is told how its entry ended when that is
   * stored as well.
   */
  enqueue(sessionKey: string, message: Message, options?: DurableMessageOptions): Ticket<Result>;
  /**
   * The ticket of an entry that waits, runs, or has ended within `rememberMs`, whichever life of the queue it was enqueued in.
   * Rejects with `unknown` when there is none.
   */
  ticket(sessionKey: string, id: string): Ticket<Result>;
  readonly deadLetters: DeadLetters<Message>;
}

/** How a queue that many processes share behaves. Limits on what is pending are those of all of them; `concurrency` is each one's. */
export interface DistributedQueueOptions<Message, Result> extends DurableQueueOptions<Message, Result> {
  readonly store: DistributedStore;
}

/**
 * A queue of messages that many processes share: a session runs in one of them at a time, whichever enqueued. What another queue
 * knows at once is asked of the store here, and comes as a promise; it rejects when the store can't be reached. `inspect` and
 * `subscribe` show what happens in this process.
 */
export interface DistributedQueue<Message, Result> extends Omit<
  DurableQueue<Message, Result>,
  'pending' | 'cancel' | 'pause' | 'resume'
> {
  /** How many entries of the session wait or run, in any process; without a key, of all sessions. */
  pending(sessionKey?: string): Promise<number>;
  /** As elsewhere; a turn that runs in another process is aborted there. Resolves when all that is stored. */
  cancel(sessionKey: string): Promise<readonly UnstartedMessage<Message>[]>;
  /** Holds the session in every process, or all sessions; remembered until it is resumed, also when all processes have ended. */
  pause(sessionKey?: string): Promise<void>;
  resume(sessionKey?: string): Promise<void>;
}

/** How one message is to be treated. */
export interface DurableMessageOptions extends MessageOptions {
  /** Takes its place in line this much later, in ms: >= 0. Until then it is not pending, and holds nothing up. */
  readonly delayMs?: number | undefined;
  /** Takes its place in line at this time of the wall clock; in the past is now. Not beside `delayMs`. */
  readonly at?: Date | undefined;
  /** Its own, instead of the queue's. */
  readonly attempts?: number | undefined;
}

/** Entries that have failed for good. They are kept until somebody decides, however many they are: nothing vanishes. */
export interface DeadLetters<Message> {
  /** Those of one session, or all, in the order in which they were enqueued. */
  list(sessionKey?: string): Promise<readonly DeadLetter<Message>[]>;
  /**
   * Runs them again, with all their attempts, each at its old place in line; those of one session, or one of them. Resolves when
   * that is stored, with how many they were. `queue.ticket(key, id)` follows one.
   */
  retry(sessionKey: string, id?: string): Promise<number>;
  /** Forgets them: those of one session, or one of them. Resolves when that is stored, with how many they were. */
  drop(sessionKey: string, id?: string): Promise<number>;
}

/** One entry that has failed for good. */
export interface DeadLetter<Message> {
  readonly key: string;
  readonly id: string;
  readonly message: Message;
  /** How often it ran. */
  readonly attempts: number;
  /** What the last of them failed with. */
  readonly error: StoredError;
  /** When it was enqueued and when it failed for good, by the wall clock. */
  readonly enqueuedMs: number;
  readonly failedMs: number;
}

/** What is kept of an error. */
export interface StoredError {
  readonly name: string;
  readonly message: string;
  /** Where it has one that is a string or a number. */
  readonly code?: string | number;
}
