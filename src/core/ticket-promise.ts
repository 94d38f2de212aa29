/** The ticket that a caller holds: the promise of its message's result, and what else is known of it. */
import { MessageEntry } from './message-entry.ts';
import type { Ticket, TicketOutcome } from './message-queue.ts';
import { QueueError, quoteKey } from './queue-error.ts';
import { beOrdinaryOutsideOfTurns, TrackedPromise } from './tracked-promise.ts';

/** Never constructed: {@link toTicket} makes one of a promise. */
export class TicketPromise<Result = unknown> extends TrackedPromise<Result> implements Ticket<Result> {
  static {
    beOrdinaryOutsideOfTurns(this.prototype);
  }

  get id(): string {
    return messageBehind(this)?.id ?? '';
  }

  get accepted(): Promise<void> {
    this.handle();
    const message = messageBehind(this);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it rejects, and nothing resolves to undefined
    if (message === undefined) return plainThen.call(this, nothing) as Promise<void>;
    const { planner } = message.session.turns.lanes;
    // Once its policy has looked at it, it has a view.
    const isUnseen = planner !== undefined && message.state === 'waiting' && message.extras?.view === undefined;
    const seen = isUnseen ? planner.whenLooked() : Promise.resolve();
    return seen.then(() => (message.extras?.isRefused === true ? Promise.reject(message.extras.error) : undefined));
  }

  get outcome(): Promise<TicketOutcome<Result>> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `then` loses the types when it is called on a value
    const outcome = plainThen.call(
      this,
      (value: Result) => ({ type: 'done', value }),
      (error) => outcomeOf<Result>(messageBehind(this), error),
    ) as Promise<TicketOutcome<Result>>;
    // Read in a turn, it notices being awaited as the ticket does: it comes no sooner.
    if (outcome instanceof TrackedPromise) outcome.entry = this.entry;
    return outcome;
  }

  cancel(): boolean {
    const entry = messageBehind(this);
    if (entry === undefined) return false;
    const { turns } = entry.session;
    const { state } = entry;
    const isLive =
      state === 'delayed' || state === 'waiting' || state === 'granted' || state === 'joined' || state === 'running';
    if (!isLive) return false;
    const what = state === 'running' ? 'the running turn' : 'the entry';
    const error = new QueueError('cancelled', `Session ${quoteKey(entry.session.key)}: its ticket cancelled ${what}.`);
    if (state === 'running') turns.abort(entry, error);
    else turns.drop(entry, error);
    return true;
  }

  /** Its rejection is taken care of: it raises no unhandled rejection. */
  handle(): void {
    void plainThen.call(this, undefined, nothing);
  }
}

/**
 * Makes a ticket of the promise that follows the entry. Deriving it as one from its gate would have the language call a
 * constructor for each message, which costs as much as the rest of `enqueue`.
 */
export function toTicket(promise: Promise<unknown>, entry: MessageEntry): TicketPromise {
  const ticket: unknown = Object.setPrototypeOf(promise, TicketPromise.prototype);
  if (!(ticket instanceof TicketPromise)) throw new TypeError('A ticket can only be made of a promise.');
  ticket.entry = entry;
  return ticket;
}

// No entry was made for a ticket that was refused.
export function messageBehind({ entry }: TicketPromise): MessageEntry | undefined {
  return entry instanceof MessageEntry ? entry : undefined;
}

/** How an entry ended whose ticket rejected with this. */
export function outcomeOf<Result>(entry: MessageEntry | undefined, error: unknown): TicketOutcome<Result> {
  if (!(error instanceof QueueError)) return { type: 'failed', error };
  const { code } = error;
  if (entry === undefined || (entry.extras?.error === error && entry.state === 'dropped' && !entry.extras.hasRun)) {
    return { type: 'dropped', code, error };
  }
  if (entry.extras?.error !== error) return { type: 'failed', error };
  const into = entry.extras.carrier?.id;
  return code === 'merged' && into !== undefined ? { type: 'merged', into } : { type: 'failed', error, code };
}

/** The ticket of a message that was not taken in. */
export class RefusedTicket extends TicketPromise {
  static {
    beOrdinaryOutsideOfTurns(this.prototype);
  }

  #id = '';

  /** @param id as the caller gave it, if it is one */
  static of(error: unknown, id: unknown): RefusedTicket {
    const ticket = new RefusedTicket((_, reject) => reject(error));
    if (typeof id === 'string') ticket.#id = id;
    return ticket;
  }

  override get id(): string {
    return this.#id;
  }
}

// oxlint-disable-next-line typescript/unbound-method -- it is called with a ticket, and takes no note of an await
const { then: plainThen } = Promise.prototype;

function nothing(): undefined {
  return undefined;
}
