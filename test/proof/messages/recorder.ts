/**
 * Records the history of a queue of messages: every call goes through here, every handler reports
 * here, and every ticket is watched from outside all turns.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type {
  CloseOptions,
  CloseReport,
  DroppedMessage,
  MessageOptions,
  MessageTurn,
  QueueErrorCode,
  TicketOutcome,
  UnstartedMessage,
} from '#src/index.ts';
import { QueueError } from '#src/index.ts';
import type { FakeClock } from '../fake-clock.ts';
import { resultOfReason, resultOfValue } from '../recorder.ts';
import type { MessageEvent, MessageEventBody, MessageHistory, ToldOutcome } from './history.ts';
import type { PolicyPlan, Sent } from './policy-plans.ts';
import type { MessagePlan } from './message-plans.ts';
import type { QueueSettings } from './programs.ts';

/** What is enqueued. */
export interface Message extends Sent {
  readonly entry: number;
  readonly plan: MessagePlan;
}

/** Everything that a queue under proof is made from. */
export interface Setup {
  readonly settings: QueueSettings;
  readonly policy: PolicyPlan;
  readonly run: (turn: MessageTurn<Message>) => unknown;
  readonly onDrop: (dropped: DroppedMessage<Message>) => void;
  /** To be called when a faulty stage of the policy goes wrong. */
  readonly onFault: (key: string) => void;
}

export type MessageQueueFactory = (setup: Setup, clock: FakeClock) => ProvedQueue;

/** The part of a queue of messages that is proved. */
export interface ProvedQueue {
  enqueue(sessionKey: string, message: Message, options: MessageOptions): ProvedTicket;
  pending(sessionKey?: string): number;
  stop(): void;
  cancel(sessionKey: string): readonly UnstartedMessage<Message>[];
  pause(sessionKey?: string): void;
  resume(sessionKey?: string): void;
  drained(): Promise<void>;
  close(options: CloseOptions): Promise<CloseReport<UnstartedMessage<Message>>>;
  inspect(): { readonly sessions: readonly { readonly key: string }[] };
  subscribe(listener: (event: { type: string; key?: string; policy?: string }) => void): unknown;
}

export interface ProvedTicket extends Promise<unknown> {
  readonly id: string;
  readonly accepted: Promise<void>;
  readonly outcome: Promise<TicketOutcome<unknown>>;
  cancel(): boolean;
}

/** A turn as it is driven. */
export interface HandledTurn {
  readonly number: number;
  readonly turn: MessageTurn<Message>;
}

/** What the program does when its queue calls it. */
export interface Reactions {
  /** Runs a turn's handler; what it gives is the turn's result. */
  handle(turn: HandledTurn): unknown;
  /** `onDrop` was called. */
  dropped(): void;
}

const entryContext = new AsyncLocalStorage<number>();

export class MessageRecorder {
  readonly history: MessageHistory;
  readonly #events: MessageEvent[] = [];
  readonly #clock: FakeClock;
  readonly #queue: ProvedQueue;
  readonly #tickets: ProvedTicket[] = [];
  readonly #ticketNumbers = new Map<ProvedTicket, number>();
  // Whoever watches a ticket from inside a turn may be taken to await it there, so watching is done
  // in the context in which the recorder was made.
  readonly #outside = AsyncLocalStorage.snapshot();
  #turns = 0;
  #drains = 0;
  #isEnqueueing = false;

  constructor(
    make: MessageQueueFactory,
    { settings, policy }: Pick<MessageHistory, 'settings' | 'policy'>,
    clock: FakeClock,
    reactions: Reactions,
  ) {
    this.#clock = clock;
    this.history = { settings, policy, events: this.#events };
    this.#queue = make(
      {
        settings,
        policy,
        run: (turn) => reactions.handle(this.#noteStart(turn)),
        onDrop: ({ message, code }) => {
          this.log({ type: 'drop-told', entry: message.entry, code });
          reactions.dropped();
        },
        onFault: (key) => this.log({ type: 'policy-faulted', key }),
      },
      clock,
    );
    this.#queue.subscribe(({ type, key = '', policy: name = '' }) => {
      if (type === 'policy-failed') this.log({ type: 'policy-failed-told', key, policy: name });
    });
  }

  get sessions(): readonly string[] {
    return this.#queue.inspect().sessions.map(({ key }) => key);
  }

  get tickets(): readonly ProvedTicket[] {
    return this.#tickets;
  }

  log(event: MessageEventBody): void {
    if (this.#isEnqueueing) this.#events.push({ type: 'user-code', what: event.type, atMs: this.#clock.now() });
    this.#events.push({ ...event, atMs: this.#clock.now() });
  }

  /** `by` is the turn whose handler enqueues, if one does. */
  enqueue(plan: MessagePlan, options: MessageOptions, signal: number | undefined, by: number | undefined): void {
    const entry = this.#tickets.length + 1;
    const { key, sender, id, priority = 0, timeoutMs, ttlMs } = plan;
    this.log({
      type: 'enqueue-called',
      entry,
      key,
      sender,
      priority,
      ...(by !== undefined && { by }),
      ...(id !== undefined && { id }),
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(ttlMs !== undefined && { ttlMs }),
      ...(signal !== undefined && { signal }),
    });
    this.#isEnqueueing = true;
    const before = this.#queue.pending();
    const ticket = entryContext.run(entry, () => this.#queue.enqueue(key, { entry, sender, plan }, options));
    const isTaken = this.#queue.pending() > before;
    this.#isEnqueueing = false;
    this.#tickets.push(ticket);
    const ticketOf = this.#ticketNumbers.get(ticket) ?? entry;
    this.log({ type: 'enqueue-returned', entry, ticketOf, id: ticket.id, isTaken });
    if (ticketOf !== entry) return;
    this.#ticketNumbers.set(ticket, entry);
    this.#outside(() => this.#watch(entry, key, ticket));
  }

  cancelTicket(nth: number): void {
    const ticket = this.#tickets[nth % this.#tickets.length];
    if (ticket === undefined) return;
    const entry = this.#ticketNumbers.get(ticket) ?? 0;
    this.log({ type: 'ticket-cancelling', entry });
    this.log({ type: 'ticket-cancelled', entry, did: ticket.cancel() });
  }

  cancel(key: string): void {
    this.log({ type: 'cancel-called', key });
    const unstarted = this.#queue.cancel(key);
    this.log({ type: 'cancel-returned', key, entries: unstarted.map(({ message }) => message.entry) });
  }

  probe(key?: string): void {
    this.log({ type: 'probed', ...(key !== undefined && { key }), pending: this.#queue.pending(key) });
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

  async drained(): Promise<void> {
    this.#drains += 1;
    const call = this.#drains;
    this.log({ type: 'drained-called', call });
    await this.#queue.drained();
    this.log({ type: 'drained-resolved', call });
  }

  async close(drainMs: number): Promise<void> {
    this.log({ type: 'close-called', drainMs });
    const { unstarted } = await this.#queue.close({ drainMs });
    this.log({ type: 'close-resolved', unstarted: unstarted.map(({ message }) => message.entry) });
  }

  abort(signal: number, controller: AbortController): void {
    this.log({ type: 'signal-aborting', signal });
    controller.abort(new Error(`signal ${signal}`));
    this.log({ type: 'signal-aborted', signal });
  }

  #noteStart(turn: MessageTurn<Message>): HandledTurn {
    this.#turns += 1;
    const number = this.#turns;
    const { key, id, epoch, input, inputs, signal } = turn;
    this.log({
      type: 'started',
      turn: number,
      key,
      id,
      epoch,
      carrier: input.entry,
      inputs: inputs.map(({ entry }) => entry),
      context: entryContext.getStore(),
    });
    signal.addEventListener('abort', () => this.log({ type: 'turn-aborted', turn: number }), { once: true });
    return { number, turn };
  }

  #watch(entry: number, key: string, ticket: ProvedTicket): void {
    ticket.then(
      (value) => this.#noteSettled(entry, key, resultOfValue(value)),
      (reason: unknown) => this.#noteSettled(entry, key, resultOfReason(reason)),
    );
    ticket.accepted.then(
      () => this.log({ type: 'accepted', entry, isRefused: false }),
      (reason: unknown) => this.log({ type: 'accepted', entry, isRefused: true, ...codeOf(reason) }),
    );
    void ticket.outcome.then((outcome) => this.log({ type: 'outcome', entry, outcome: tell(outcome) }));
  }

  #noteSettled(entry: number, key: string, result: ReturnType<typeof resultOfValue>): void {
    this.log({ type: 'settled', entry, result });
    this.probe(key);
    this.probe();
  }
}

function codeOf(reason: unknown): { readonly code?: QueueErrorCode } {
  return reason instanceof QueueError ? { code: reason.code } : {};
}

function tell(outcome: TicketOutcome<unknown>): ToldOutcome {
  const { type } = outcome;
  if (type === 'done') return { type, text: String(outcome.value) };
  if (type === 'merged') return { type, into: outcome.into };
  const text = outcome.error instanceof Error ? outcome.error.message : String(outcome.error);
  return outcome.code === undefined ? { type, text } : { type, code: outcome.code };
}
