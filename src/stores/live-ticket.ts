/** The ticket of an entry that is stored and has not ended. */
import { messageBehind, TicketPromise } from '../core/ticket-promise.ts';
import { QueueError } from '../core/queue-error.ts';
import { DurableEntry } from './durable-entry.ts';
import type { StoredEntries } from './stored-entries.ts';

export class LiveTicket extends TicketPromise {
  #entries: StoredEntries | undefined;

  /** @param result settles as the turn of the entry does */
  static of(result: Promise<unknown>, entry: DurableEntry, entries: StoredEntries): LiveTicket {
    let tell = nobody;
    const ticket = new LiveTicket((resolve, reject) => {
      tell = { resolve, reject };
    });
    // Without a promise in between: when its caller goes on, what comes behind it has not begun.
    result.then(tell.resolve, (error: unknown) => {
      const { entry: last } = ticket;
      // The end of a task is stored before it is told here; an end that came from outside is being stored.
      const isStored = last instanceof DurableEntry && (last.isEndStored || last.refusal === error);
      if (isStored || (error instanceof QueueError && error.code === 'closed')) {
        tell.reject(error);
        return;
      }
      void entries.commits.committed().then(() => {
        tell.reject((last instanceof DurableEntry ? entries.lossOf(last) : undefined) ?? error);
      });
    });
    ticket.#entries = entries;
    ticket.entry = entry;
    return ticket;
  }

  override get accepted(): Promise<void> {
    // Its policy may refuse it as well.
    const seen = super.accepted;
    const entry = messageBehind(this);
    if (!(entry instanceof DurableEntry) || this.#entries === undefined) return seen;
    const stored = this.#entries.whenStored(entry);
    // Both are told of; whoever is last must not be ignored.
    stored.catch(() => undefined);
    return seen.then(() => stored);
  }

  override cancel(): boolean {
    const entry = messageBehind(this);
    if (entry instanceof DurableEntry && entry.willRunAgain) {
      entry.session.turns.abort(entry, cancelledError(entry));
      return true;
    }
    return super.cancel();
  }
}

function cancelledError(entry: DurableEntry): QueueError {
  return new QueueError('cancelled', `The ticket of the entry ${entry.id} cancelled the turn before it was run again.`);
}

const nobody = { resolve: (_value: unknown): void => undefined, reject: (_reason: unknown): void => undefined };
