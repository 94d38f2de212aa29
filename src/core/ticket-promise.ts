/** The ticket that a caller holds: the promise of its message's result, and what else is known of it. */
import type { MessageEntry } from './message-entry.ts';
import type { Ticket, TicketOutcome } from './message-queue.ts';
import { QueueError, quoteKey } from './queue-error.ts';
import { TrackedPromise } from './tracked-promise.ts';

export class TicketPromise<Result = unknown> extends TrackedPromise<Result> implements Ticket<Result> {
  // What is derived from a ticket is a promise of something else, and no ticket.
  static override get [Symbol.species](): PromiseConstructor {
    return TrackedPromise;
  }

  /** The entry behind it; undefined when none was made. */
  message: MessageEntry | undefined;
  /** The id that was asked for, where no entry was made. */
  refusedId = '';

  get id(): string {
    return this.message?.id ?? this.refusedId;
  }

  get accepted(): Promise<void> {
    this.handle();
    const { message } = this;
    if (message === undefined) return plainThen.call(this, nothing) as Promise<void>;
    const { planner } = message.session.turns.lanes;
    // Once its policy has looked at it, it has a view.
    const isUnseen = planner !== undefined && message.state === 'waiting' && message.extras?.view === undefined;
    const seen = isUnseen ? planner.whenLooked() : Promise.resolve();
    return seen.then(() => (message.extras?.isRefused === true ? Promise.reject(message.extras.error) : undefined));
  }

  get outcome(): Promise<TicketOutcome<Result>> {
    return plainThen.call(
      this,
      (value) => ({ type: 'done', value }),
      (error) => this.#outcomeOf(error),
    ) as Promise<TicketOutcome<Result>>;
  }

  cancel(): boolean {
    const entry = this.message;
    if (entry === undefined) return false;
    const { turns } = entry.session;
    const { state } = entry;
    const isLive = state === 'waiting' || state === 'granted' || state === 'joined' || state === 'running';
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

  #outcomeOf(error: unknown): TicketOutcome<Result> {
    if (!(error instanceof QueueError)) return { type: 'failed', error };
    const { code } = error;
    const entry = this.message;
    if (entry === undefined || (entry.extras?.error === error && entry.state === 'dropped' && !entry.extras.hasRun)) {
      return { type: 'dropped', code, error };
    }
    if (entry.extras?.error !== error) return { type: 'failed', error };
    const into = entry.extras.carrier?.id;
    return code === 'merged' && into !== undefined ? { type: 'merged', into } : { type: 'failed', error, code };
  }
}

// oxlint-disable-next-line typescript/unbound-method -- it is called with a ticket, and takes no note of an await
const { then: plainThen } = Promise.prototype;

function nothing(): undefined {
  return undefined;
}
