/**
 * Records the history of a queue while a program drives it: every call goes through here, every
 * task reports here, and every promise is watched from outside all turns.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { QueueError } from '#src/index.ts';
import type {
  EntryOptions,
  QueueErrorCode,
  QueueEvent,
  QueueOptions,
  SessionQueue,
  Task,
  Turn,
  Unstarted,
} from '#src/index.ts';
import type { EnqueueCalled, EventBody, History, HistoryEvent, Result } from './history.ts';

/** The part of a queue that is proved here. */
export interface QueueUnderProof extends Omit<SessionQueue, 'inspect' | 'subscribe' | typeof Symbol.asyncDispose> {
  inspect(): { readonly sessions: readonly { readonly key: string }[] };
  subscribe(listener: (event: ToldEvent) => void): void;
}

/** What a listener is told, as far as it is proved. */
export type ToldEvent = Pick<QueueEvent, 'type'> & { readonly id?: string; readonly code?: QueueErrorCode };

/** What a recorded task is handed. */
export interface RecordedTurn {
  readonly entry: number;
  readonly turn: Turn;
  /** Logs the end. The task has to call it as its last act, then return or throw that. */
  end(result: Result): void;
}

/** One entry to enqueue: where, how, and what it does. */
export interface Order {
  readonly key: string;
  readonly by?: number;
  readonly options: EntryOptions;
  /** The number of the signal in `options`. */
  readonly signal?: number;
  readonly listens: boolean;
  readonly task: (turn: RecordedTurn) => unknown;
}

// One for all: Node 20 looks at every storage there ever was whenever a promise is made.
const entryContext = new AsyncLocalStorage<number>();

export class Recorder {
  readonly #queue: QueueUnderProof;
  readonly #options: QueueOptions;
  readonly #now: () => number;
  readonly #events: HistoryEvent[] = [];
  readonly #tasks = new Map<Task<unknown>, number>();
  readonly #turnIds = new Map<string, number>();
  // Whoever watches a promise from inside a turn awaits it there, so watching is done in the
  // context in which the recorder was made.
  readonly #outside = AsyncLocalStorage.snapshot();
  #entries = 0;
  #hasListener = false;

  constructor(queue: QueueUnderProof, options: QueueOptions, now: () => number) {
    this.#queue = queue;
    this.#options = options;
    this.#now = now;
  }

  get history(): History {
    return { options: this.#options, hasListener: this.#hasListener, events: this.#events };
  }

  log(event: EventBody): void {
    this.#events.push({ ...event, atMs: this.#now() });
  }

  /** Enqueues, and gives the entry's number with the queue's own promise. */
  enqueue(order: Order): { readonly entry: number; readonly promise: Promise<unknown> } {
    this.#entries += 1;
    const entry = this.#entries;
    const task = (turn: Turn): unknown => this.#run(entry, order, turn);
    this.#tasks.set(task, entry);
    this.log(calledEvent(entry, order));
    const promise = entryContext.run(entry, () => this.#queue.enqueue(order.key, task, order.options));
    this.log({ type: 'enqueue-returned', entry });
    this.#outside(() => void this.#watch(entry, order.key, promise));
    return { entry, promise };
  }

  listen(): void {
    this.#hasListener = true;
    this.#queue.subscribe(({ type, id, code }) => {
      this.log({ type: 'told', what: type, ...(id !== undefined && { id }), ...(code !== undefined && { code }) });
    });
  }

  probe(key?: string): void {
    this.log({ type: 'probed', ...(key !== undefined && { key }), pending: this.#queue.pending(key) });
  }

  cancel(key: string): void {
    this.log({ type: 'cancel-called', key });
    const unstarted = this.#queue.cancel(key);
    this.log({ type: 'cancel-returned', key, entries: this.#numbersOf(unstarted) });
  }

  pause(key?: string): void {
    this.#queue.pause(key);
    this.log({ type: 'paused', ...(key !== undefined && { key }) });
  }

  resume(key?: string): void {
    this.log({ type: 'resumed', ...(key !== undefined && { key }) });
    this.#queue.resume(key);
  }

  stop(): void {
    this.#queue.stop();
    this.log({ type: 'stopped' });
  }

  async close(drainMs: number): Promise<void> {
    this.log({ type: 'close-called', drainMs });
    const { unstarted, stuck } = await this.#queue.close({ drainMs });
    const stuckEntries = stuck.map(({ id }) => this.#turnIds.get(id) ?? -1);
    this.log({ type: 'close-resolved', unstarted: this.#numbersOf(unstarted), stuck: stuckEntries });
  }

  async drained(): Promise<void> {
    this.log({ type: 'drained-called' });
    await this.#queue.drained();
    this.log({ type: 'drained-resolved' });
    this.probe();
  }

  abort(signal: number, controller: AbortController): void {
    this.log({ type: 'signal-aborting', signal });
    controller.abort(new Error(`signal ${signal}`));
    this.log({ type: 'signal-aborted', signal });
  }

  get sessions(): readonly string[] {
    return this.#queue.inspect().sessions.map(({ key }) => key);
  }

  #run(entry: number, order: Order, turn: Turn): unknown {
    const { key, epoch, attempt } = turn;
    const context = entryContext.getStore();
    this.#turnIds.set(turn.id, entry);
    this.log({ type: 'started', entry, key, epoch, attempt, context, listens: order.listens });
    const end = (result: Result): void => {
      this.probe(key);
      this.log({ type: 'ended', entry, result });
    };
    return order.task({ entry, turn, end });
  }

  #watch(entry: number, key: string, promise: Promise<unknown>): Promise<void> {
    const settle = (result: Result): void => {
      this.log({ type: 'settled', entry, result });
      this.probe(key);
      this.probe();
    };
    return promise.then(
      (value) => settle(resultOfValue(value)),
      (reason: unknown) => settle(resultOfReason(reason)),
    );
  }

  #numbersOf(unstarted: readonly Unstarted[]): number[] {
    return unstarted.map(({ task }) => this.#tasks.get(task) ?? -1);
  }
}

export function resultOfValue(value: unknown): Result {
  return { ok: true, value: String(value) };
}

export function resultOfReason(reason: unknown): Result {
  if (reason instanceof QueueError) return { ok: false, reason: reason.message, code: reason.code };
  return { ok: false, reason: reason instanceof Error ? reason.message : String(reason) };
}

function calledEvent(entry: number, { key, by, options, signal }: Order): EnqueueCalled {
  return {
    type: 'enqueue-called',
    entry,
    key,
    ...(by !== undefined && { by }),
    priority: options.priority ?? 0,
    ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
    ...(options.ttlMs !== undefined && { ttlMs: options.ttlMs }),
    ...(signal !== undefined && { signal }),
  };
}
