/**
 * A queue whose entries are stored in Redis, and whose sessions run in one of many processes at a time. What is enqueued goes to
 * Redis, and comes back to whichever process BullMQ gives the session's job to; that runs it in lanes of its own, as any queue
 * does, and writes how it ended, fenced by BullMQ's lock.
 */
import type { Clock } from '../../core/clock.ts';
import type { UnstartedMessage } from '../../core/message-queue.ts';
import { QueueError, quoteKey } from '../../core/queue-error.ts';
import type { QueueEvent } from '../../core/queue-event.ts';
import { checkKey, readDrainMs } from '../../core/queue-options.ts';
import { abortedBefore, stoppedError } from '../../core/refusals.ts';
import type { CloseOptions, CloseReport } from '../../core/session-queue.ts';
import type { QueueSnapshot, SessionSnapshot } from '../../core/snapshot.ts';
import type { DistributedQueue, DurableMessageOptions } from '../../core/store.ts';
import { RefusedTicket } from '../../core/ticket-promise.ts';
import type { TicketPromise } from '../../core/ticket-promise.ts';
import { readDurableMessageOptions, readDurableQueueOptions, storedOptions } from '../options.ts';
import type { AnyDurableOptions, ReadMessageOptions } from '../options.ts';
import { Payloads } from '../payload.ts';
import { Appends } from './appends.ts';
import type { BullmqSettings } from './bullmq.ts';
import { BullmqDeadLetters } from './bullmq-dead-letters.ts';
import { Controls } from './controls.ts';
import { headOf } from './records.ts';
import { RemoteTicket } from './remote-ticket.ts';
import { Server } from './server.ts';
import { Tickets } from './tickets.ts';
import { Activation } from './activation.ts';
import { Host } from './host.ts';

export class BullmqQueue implements DistributedQueue<unknown, unknown> {
  readonly deadLetters: BullmqDeadLetters;
  readonly #clock: Clock;
  readonly #server: Server;
  readonly #payloads: Payloads;
  readonly #tickets: Tickets;
  readonly #appends: Appends;
  readonly #activation: Activation;
  readonly #host: Host;
  readonly #controls: Controls;
  #isStopped = false;
  #closing: Promise<CloseReport<UnstartedMessage<unknown>>> | undefined;

  constructor(options: AnyDurableOptions, settings: BullmqSettings, clock: Clock) {
    const limits = readDurableQueueOptions(options);
    this.#clock = clock;
    this.#server = new Server(settings, clock);
    this.#payloads = new Payloads(options.codec, options.schema, options.maxBytes);
    this.#tickets = new Tickets(this.#server, this.#payloads, clock, options.onDrop !== undefined);
    this.#activation = new Activation(this.#server, settings);
    this.#appends = new Appends(this.#server, this.#activation, this.#tickets, clock, {
      maxPending: limits.maxPending,
      maxPendingPerSession: limits.maxPendingPerSession,
      tryMs: settings.answerMs,
      name: `bullmq(${JSON.stringify(settings.name)})`,
    });
    this.deadLetters = new BullmqDeadLetters(this.#server, this.#payloads, this.#activation);
    const parts = {
      server: this.#server,
      payloads: this.#payloads,
      tickets: this.#tickets,
      activation: this.#activation,
    };
    this.#host = new Host(options, settings, clock, parts);
    this.#controls = new Controls(this.#host, parts, settings);
    this.#host.listen(this.#controls);
    this.#appends.onDelayed = (delayMs) => this.#host.sweep.within(delayMs + 1);
  }

  enqueue(sessionKey: string, message: unknown, options?: DurableMessageOptions): TicketPromise {
    let read: ReadMessageOptions;
    let text: string;
    try {
      checkKey(sessionKey);
      read = readDurableMessageOptions(options, this.#clock.wall());
      text = this.#payloads.encodeMessage(sessionKey, message);
    } catch (error) {
      return RefusedTicket.of(error, options?.id);
    }
    const known = read.id === undefined ? undefined : this.#tickets.find(sessionKey, read.id);
    if (known !== undefined) return known;
    const refusal = this.#refusal(sessionKey, read);
    if (refusal !== undefined) {
      // What it has taken before may be asked for again.
      const { id } = read;
      const mayBeKnown = this.#isStopped && this.#closing === undefined && id !== undefined;
      return mayBeKnown ? this.#askFor(sessionKey, id, refusal) : RefusedTicket.of(refusal, id);
    }
    const ticket = this.#openTicket(sessionKey, read.id ?? `#${crypto.randomUUID()}`);
    const { extras, delayMs } = read;
    this.#appends.add({
      ticket,
      record: {
        head: headOf(extras?.priority ?? 0),
        from: this.#server.process,
        enqueuedMs: this.#clock.wall(),
        delayMs,
        options: storedOptions(read),
        message: text,
      },
    });
    if (extras?.signal !== undefined) this.#watch(ticket, extras.signal);
    return ticket;
  }

  ticket(sessionKey: string, id: string): TicketPromise {
    const known = this.#tickets.find(sessionKey, id);
    if (known !== undefined) return known;
    if (this.#closing !== undefined) return RefusedTicket.of(closedError(sessionKey, id), id);
    return this.#askFor(sessionKey, id);
  }

  pending(sessionKey?: string): Promise<number> {
    return this.#appends.settled().then(() => this.#controls.pending(sessionKey));
  }

  cancel(sessionKey: string): Promise<readonly UnstartedMessage<unknown>[]> {
    return this.#appends.settled().then(() => this.#controls.cancel(sessionKey));
  }

  pause(sessionKey?: string): Promise<void> {
    return this.#controls.pause(sessionKey);
  }

  resume(sessionKey?: string): Promise<void> {
    return this.#controls.resume(sessionKey);
  }

  async drained(): Promise<void> {
    await this.#appends.settled();
    await this.#controls.drained();
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#host.local.stop();
  }

  close(options?: CloseOptions): Promise<CloseReport<UnstartedMessage<unknown>>> {
    let drainMs: number;
    try {
      drainMs = readDrainMs(options);
    } catch (error) {
      return Promise.reject(error);
    }
    this.stop();
    return (this.#closing ??= this.#close(drainMs));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  inspect(): QueueSnapshot;
  inspect(sessionKey: string): SessionSnapshot | undefined;
  inspect(sessionKey?: string): QueueSnapshot | SessionSnapshot | undefined {
    return sessionKey === undefined ? this.#host.local.inspect() : this.#host.local.inspect(sessionKey);
  }

  subscribe(listener: (event: QueueEvent) => void): () => void {
    return this.#host.local.subscribe(listener);
  }

  #refusal(key: string, { extras }: ReadMessageOptions): QueueError | undefined {
    return this.#isStopped ? stoppedError() : abortedBefore(key, extras?.signal);
  }

  #openTicket(key: string, id: string): RemoteTicket {
    const ticket = RemoteTicket.of(this.#host.local.engine, key, id, (ticket) => this.#takeBack(ticket, 'cancelled'));
    this.#tickets.add(ticket);
    return ticket;
  }

  /** @param refusal what it is told when there is none */
  #askFor(key: string, id: string, refusal?: QueueError): RemoteTicket {
    const ticket = this.#openTicket(key, id);
    ticket.refusal = refusal;
    void this.#tickets.ask([ticket]);
    return ticket;
  }

  #watch(ticket: RemoteTicket, signal: AbortSignal): void {
    const onAbort = (): void => this.#takeBack(ticket, 'aborted');
    signal.addEventListener('abort', onAbort);
    void ticket.outcome.then(() => signal.removeEventListener('abort', onAbort));
  }

  #takeBack(ticket: RemoteTicket, code: 'cancelled' | 'aborted'): void {
    // Not before it is stored, or it would be stored afterwards.
    const taken = this.#appends.settled().then(() => this.#controls.takeOne(ticket.key, ticket.id, code));
    // It runs, then, or is asked for again.
    taken.catch(() => undefined);
  }

  async #close(drainMs: number): Promise<CloseReport<UnstartedMessage<unknown>>> {
    await this.#appends.settled();
    const report = await this.#host.close(drainMs);
    this.#tickets.close((ticket) => closedError(ticket.key, ticket.id));
    await this.#activation.close().catch(() => undefined);
    this.#server.close();
    return report;
  }
}

function closedError(key: string, id: string): QueueError {
  const where = `Session ${quoteKey(key)}: the queue was closed in this process`;
  return new QueueError('closed', `${where}; the entry ${quoteKey(id)} stays stored, and runs in another one.`);
}
