/** The open tickets of this process, and how they are told of ends that were stored elsewhere. */
import type { Clock, Timer } from '../../core/clock.ts';
import { nameOf } from '../../core/known-ids.ts';
import type { TicketOutcome } from '../../core/message-queue.ts';
import { QueueError, quoteKey } from '../../core/queue-error.ts';
import type { QueueErrorCode } from '../../core/queue-error.ts';
import { mergedError } from '../../core/members.ts';
import { outcomeOfEnding } from '../stored-ticket.ts';
import type { Payloads } from '../payload.ts';
import * as lua from './lua-lines.ts';
import { asList, readEnding } from './records.ts';
import type { BullmqEnding } from './records.ts';
import type { RemoteTicket } from './remote-ticket.ts';
import type { Server } from './server.ts';

/** How often open tickets are asked for, in case a message was lost. */
const askEveryMs = 5000;
const mostAtOnce = 500;

export class Tickets {
  readonly #server: Server;
  readonly #payloads: Payloads;
  readonly #clock: Clock;
  /** Whether somebody is told of all that is dropped. */
  readonly #isDropHandled: boolean;
  readonly #open: Map<string, RemoteTicket> = new Map();
  #timer: Timer | undefined;

  constructor(server: Server, payloads: Payloads, clock: Clock, isDropHandled: boolean) {
    this.#isDropHandled = isDropHandled;
    this.#server = server;
    this.#payloads = payloads;
    this.#clock = clock;
  }

  find(key: string, id: string): RemoteTicket | undefined {
    return this.#open.get(nameOf(key, id));
  }

  add(ticket: RemoteTicket): void {
    this.#open.set(nameOf(ticket.key, ticket.id), ticket);
    this.#timer ??= this.#clock.setTimer(() => {
      this.#timer = undefined;
      void this.ask();
    }, askEveryMs);
  }

  /** An entry has ended, in this process or another. */
  settle(key: string, id: string, outcome: TicketOutcome<unknown>, reason?: unknown): void {
    const ticket = this.find(key, id);
    if (ticket === undefined) return;
    this.#open.delete(nameOf(key, id));
    const isDropped = outcome.type === 'dropped' || (outcome.type === 'failed' && outcome.code === 'interrupted');
    if (isDropped && this.#isDropHandled) ticket.handle();
    ticket.settle(outcome, reason);
  }

  settleStored(key: string, id: string, ending: BullmqEnding): void {
    if (this.find(key, id) === undefined) return;
    try {
      const { outcome, reason } = this.#read(key, id, ending);
      this.settle(key, id, outcome, reason);
    } catch (error) {
      // The codec can't read what it wrote.
      this.settle(key, id, { type: 'failed', error }, error);
    }
  }

  /** It could not be stored. */
  refuse(ticket: RemoteTicket, error: QueueError): void {
    this.#open.delete(nameOf(ticket.key, ticket.id));
    ticket.accept(error);
  }

  /** Asks what became of open tickets: those given, or all that are stored. */
  async ask(some?: readonly RemoteTicket[]): Promise<void> {
    const tickets = some ?? [...this.#open.values()].filter(({ isAccepted }) => isAccepted);
    try {
      for (let at = 0; at < tickets.length; at += mostAtOnce) await this.#askFor(tickets.slice(at, at + mostAtOnce));
    } catch {
      // They are asked for again.
    }
    if (this.#open.size > 0 && this.#timer === undefined && some === undefined) {
      this.#timer = this.#clock.setTimer(() => {
        this.#timer = undefined;
        void this.ask();
      }, askEveryMs);
    }
  }

  /** Resolves when nothing that has a ticket here can run any more, or the time is over. */
  async whenNothingCanGoOn(untilMs: number): Promise<void> {
    while (this.#open.size > 0 && this.#clock.now() < untilMs) {
      const keys = new Set(Array.from(this.#open.values(), ({ key }) => JSON.stringify(key)));
      const canGoOn = await this.#server.run(lua.canGoOn, [...keys]).catch(() => 0);
      if (canGoOn === 0) return;
      const open = Array.from(this.#open.values(), ({ outcome }) => outcome);
      const pause = new Promise<void>((resolve) => {
        this.#clock.setTimer(resolve, Math.min(untilMs - this.#clock.now(), askEveryMs / 10));
      });
      await Promise.race([Promise.all(open), pause]);
    }
  }

  close(errorFor: (ticket: RemoteTicket) => QueueError): void {
    this.#timer?.clear();
    this.#timer = undefined;
    for (const ticket of this.#open.values()) {
      const error = errorFor(ticket);
      ticket.settle({ type: 'dropped', code: error.code, error }, error);
    }
    this.#open.clear();
  }

  async #askFor(tickets: readonly RemoteTicket[]): Promise<void> {
    const names = tickets.flatMap(({ key, id }) => [JSON.stringify(key), JSON.stringify(id)]);
    const answers = asList(await this.#server.run(lua.find, [this.#server.process, ...names]));
    for (const [at, ticket] of tickets.entries()) {
      const status = answers[at * 2];
      const ending = status === 'ended' || status === 'dead' ? readEnding(String(answers[at * 2 + 1])) : undefined;
      // What left without having run is told to those who waited for it, and forgotten.
      if (ending !== undefined && (ending.type !== 'dropped' || ticket.isAccepted)) {
        ticket.accept();
        this.settleStored(ticket.key, ticket.id, ending);
      } else if (status === 'live') {
        ticket.misses = 0;
        ticket.accept();
      } else this.#miss(ticket);
    }
  }

  // Its end may be on its way, and not be remembered; so it is asked for twice.
  #miss(ticket: RemoteTicket): void {
    ticket.misses += 1;
    if (ticket.isAccepted && ticket.misses < 2) return;
    const where = `Session ${quoteKey(ticket.key)}`;
    const message = `${where}: there is no entry ${quoteKey(ticket.id)}, or it is no longer known.`;
    const error = ticket.refusal ?? new QueueError('unknown', message);
    if (ticket.isAccepted) this.settle(ticket.key, ticket.id, { type: 'dropped', code: 'unknown', error }, error);
    else this.refuse(ticket, error);
  }

  #read(
    key: string,
    id: string,
    ending: BullmqEnding,
  ): { readonly outcome: TicketOutcome<unknown>; readonly reason: unknown } {
    if (ending.type === 'dropped') {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was one when it was written
      const code = ending.code as QueueErrorCode;
      const error = new QueueError(code, ending.message);
      return { outcome: { type: 'dropped', code, error }, reason: error };
    }
    const outcome = outcomeOfEnding(key, id, ending, (text) => this.#payloads.decodeResult(text));
    if (outcome.type === 'merged') return { outcome, reason: mergedError(key, outcome.into) };
    return { outcome, reason: outcome.type === 'done' ? undefined : outcome.error };
  }
}
