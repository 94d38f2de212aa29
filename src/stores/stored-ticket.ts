/** Tickets of a queue with a store: they tell when an entry is stored, and what became of those of earlier lives. */
import { mergedError } from '../core/members.ts';
import type { TicketOutcome } from '../core/message-queue.ts';
import { QueueError, quoteKey } from '../core/queue-error.ts';
import type { QueueErrorCode } from '../core/queue-error.ts';
import type { StoredError } from '../core/store.ts';
import { TicketPromise } from '../core/ticket-promise.ts';
import type { Ended } from './journal.ts';

/** The ticket of an entry that has ended, made of what is stored of its end. */
export class EndedTicket extends TicketPromise {
  #id = '';
  #outcome: TicketOutcome<unknown> | undefined;

  static of(id: string, key: string, { ending }: Ended, decode: (text: string) => unknown): EndedTicket {
    const outcome = outcomeOfEnding(key, id, ending, decode);
    const ticket = new EndedTicket((resolve, reject) => {
      if (outcome.type === 'done') resolve(outcome.value);
      else if (outcome.type === 'merged') reject(mergedError(key, outcome.into));
      else reject(outcome.error);
    });
    if (outcome.type === 'merged') ticket.handle();
    ticket.#id = id;
    ticket.#outcome = outcome;
    return ticket;
  }

  override get id(): string {
    return this.#id;
  }

  override get accepted(): Promise<void> {
    this.handle();
    return Promise.resolve();
  }

  override get outcome(): Promise<TicketOutcome<unknown>> {
    this.handle();
    // It is set where the ticket is made.
    return this.#outcome === undefined ? super.outcome : Promise.resolve(this.#outcome);
  }

  override cancel(): boolean {
    return false;
  }
}

/** How an entry ended, made of what is stored of it. */
export function outcomeOfEnding(
  key: string,
  id: string,
  ending: Ended['ending'],
  decode: (text: string) => unknown,
): TicketOutcome<unknown> {
  switch (ending.type) {
    case 'done':
      return { type: 'done', value: decode(ending.value) };
    case 'merged':
      return ending;
    case 'failed': {
      const { error } = ending;
      if (error.name !== queueErrorName || error.code === undefined) {
        return { type: 'failed', error: reviveError(error) };
      }
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was one when it was written
      const code = error.code as QueueErrorCode;
      return { type: 'failed', code, error: new QueueError(code, error.message) };
    }
    default:
      throw new TypeError(`The end of ${quoteKey(id)} in session ${quoteKey(key)} is stored as none that there is.`);
  }
}

/** What is kept of an error. */
export function storeError(error: unknown): StoredError {
  if (error instanceof QueueError) return { name: error.name, message: error.message, code: error.code };
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message } = error;
  const code = 'code' in error ? error.code : undefined;
  return { name, message, ...((typeof code === 'string' || typeof code === 'number') && { code }) };
}

const queueErrorName = QueueError.prototype.name;

function reviveError({ name, message, code }: StoredError): Error {
  const error = new Error(message);
  if (name !== 'Error') error.name = name;
  return code === undefined ? error : Object.assign(error, { code });
}
