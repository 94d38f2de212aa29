/**
 * Stores what is enqueued, in the order of the calls: all that came while the last was stored goes together. A ticket is accepted
 * when its entry is stored and its session has a job. Entries are known by ids made here, so that what may have been stored can
 * be stored again.
 */
import type { Clock } from '../../core/clock.ts';
import { QueueError, quoteKey } from '../../core/queue-error.ts';
import { fullError } from '../../core/refusals.ts';
import type { PendingLimit } from '../../core/refusals.ts';
import type { Activation } from './activation.ts';
import { NotDone } from './connections.ts';
import * as lua from './lua-lines.ts';
import { asList, readEnding } from './records.ts';
import type { EntryRecord } from './records.ts';
import type { RemoteTicket } from './remote-ticket.ts';
import type { Server } from './server.ts';
import type { Tickets } from './tickets.ts';

export interface Append {
  readonly ticket: RemoteTicket;
  readonly record: EntryRecord;
}

export interface AppendLimits {
  readonly maxPending: number;
  readonly maxPendingPerSession: number;
  /** How long to try. */
  readonly tryMs: number;
  /** Names the store in errors. */
  readonly name: string;
}

const mostAtOnce = 500;
const mostCharactersAtOnce = 4_000_000;
const tryAgainMs = 100;

export class Appends {
  readonly #server: Server;
  readonly #activation: Activation;
  readonly #tickets: Tickets;
  readonly #clock: Clock;
  readonly #limits: AppendLimits;
  readonly #waiting: Append[] = [];
  #isBusy = false;
  /** Told when an entry was stored that is due later. */
  onDelayed: (delayMs: number) => void = () => undefined;
  #added = 0;
  #done = 0;
  readonly #waiters: { readonly upTo: number; readonly resolve: () => void }[] = [];

  constructor(server: Server, activation: Activation, tickets: Tickets, clock: Clock, limits: AppendLimits) {
    this.#server = server;
    this.#activation = activation;
    this.#tickets = tickets;
    this.#clock = clock;
    this.#limits = limits;
  }

  add(append: Append): void {
    this.#waiting.push(append);
    this.#added += 1;
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#clock.nextPass(() => void this.#work());
  }

  /** Resolves when all that was added so far is stored, or could not be. */
  settled(): Promise<void> {
    if (this.#done === this.#added) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ upTo: this.#added, resolve }));
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch();
      await this.#store(batch);
      this.#done += batch.length;
      while (this.#waiters[0] !== undefined && this.#waiters[0].upTo <= this.#done) this.#waiters.shift()?.resolve();
    }
    this.#isBusy = false;
  }

  #takeBatch(): readonly Append[] {
    let characters = 0;
    let most = 0;
    for (const { record } of this.#waiting) {
      characters += record.message.length;
      if (most > 0 && (most === mostAtOnce || characters > mostCharactersAtOnce)) break;
      most += 1;
    }
    return this.#waiting.splice(0, most);
  }

  async #store(batch: readonly Append[]): Promise<void> {
    const untilMs = this.#clock.now() + this.#limits.tryMs;
    const texts = this.#toArguments(batch);
    let isCertain = true;
    for (;;) {
      try {
        const answers = asList(await this.#server.run(lua.append, texts));
        isCertain = false;
        await this.#accept(batch, answers);
        return;
      } catch (error) {
        if (!(error instanceof NotDone && error.isCertain)) isCertain = false;
        if (this.#clock.now() >= untilMs || this.#server.connections.isClosed || !isWorthwhile(error)) {
          this.#refuse(batch, isCertain, error);
          return;
        }
        await new Promise<void>((resolve) => this.#clock.setTimer(resolve, tryAgainMs));
      }
    }
  }

  #toArguments(batch: readonly Append[]): (string | number)[] {
    const { maxPending, maxPendingPerSession } = this.#limits;
    const texts: (string | number)[] = [this.#server.process, toLimit(maxPending), toLimit(maxPendingPerSession)];
    for (const { ticket, record } of batch) {
      const { key, id } = ticket;
      texts.push(JSON.stringify(key), JSON.stringify(id), JSON.stringify(record), record.head, record.delayMs);
    }
    return texts;
  }

  async #accept(batch: readonly Append[], answers: readonly unknown[]): Promise<void> {
    const keys = new Set<string>();
    for (const [at, { ticket }] of batch.entries()) {
      if (answers[at * 3 + 1] === 1) keys.add(JSON.stringify(ticket.key));
    }
    await this.#activation.activate(keys);
    for (const [at, { ticket, record }] of batch.entries()) {
      const [status, , more] = answers.slice(at * 3, at * 3 + 3);
      if (status === 'full') {
        const limit: PendingLimit = more === 'maxPending' ? more : 'maxPendingPerSession';
        this.#tickets.refuse(ticket, fullError(ticket.key, limit, this.#limits[limit]));
      } else {
        ticket.accept();
        if (record.delayMs > 0) this.onDelayed(record.delayMs);
        if (status === 'ended' || status === 'dead') {
          this.#tickets.settleStored(ticket.key, ticket.id, readEnding(String(more)));
        }
      }
    }
  }

  #refuse(batch: readonly Append[], isCertain: boolean, cause: unknown): void {
    const what = isCertain ? 'it was not stored' : 'nobody knows whether it was stored';
    const why = cause instanceof Error ? cause.message : String(cause);
    for (const { ticket } of batch) {
      const message =
        `Session ${quoteKey(ticket.key)}: ${this.#limits.name} failed (${why}), and ${what}. ` +
        'Enqueue it again with the same id when the store works again.';
      this.#tickets.refuse(ticket, new QueueError(isCertain ? 'not-stored' : 'maybe-stored', message, { cause }));
    }
  }
}

// A Redis that must not be used won't become better by waiting.
function isWorthwhile(error: unknown): boolean {
  return !(error instanceof Error && /maxmemory-policy/.test(error.message));
}

function toLimit(most: number): number {
  return most === Infinity ? Number.MAX_SAFE_INTEGER : most;
}
