/** The ticket of an entry that is stored in Redis, wherever it runs. */
import type { TicketOutcome } from '../../core/message-queue.ts';
import { MessageEntry } from '../../core/message-entry.ts';
import type { QueueError } from '../../core/queue-error.ts';
import { Session } from '../../core/session.ts';
import { TicketPromise } from '../../core/ticket-promise.ts';
import type { Turns } from '../../core/turns.ts';
import { release } from '../../core/watch.ts';

export class RemoteTicket extends TicketPromise {
  #key = '';
  #acceptance: 'open' | 'accepted' | Error = 'open';
  readonly #onAccepted: (() => void)[] = [];
  readonly #onOutcome: ((outcome: TicketOutcome<unknown>) => void)[] = [];
  #outcome: TicketOutcome<unknown> | undefined;
  #resolve: (value: unknown) => void = () => undefined;
  #reject: (reason: unknown) => void = () => undefined;
  #cancel: (ticket: RemoteTicket) => void = () => undefined;
  #isHandled = false;
  /** What it is told when there is no such entry, instead of that. */
  refusal: QueueError | undefined;
  /** How often it was asked for in vain. */
  misses = 0;

  /** @param cancel takes the entry back */
  static of(turns: Turns, key: string, id: string, cancel: (ticket: RemoteTicket) => void): RemoteTicket {
    let grabbedResolve: (value: unknown) => void = () => undefined;
    let grabbedReject: (reason: unknown) => void = () => undefined;
    const ticket = new RemoteTicket((resolve, reject) => {
      grabbedResolve = resolve;
      grabbedReject = reject;
    });
    ticket.#resolve = grabbedResolve;
    ticket.#reject = grabbedReject;
    ticket.#key = key;
    ticket.#cancel = cancel;
    // Stands for the entry where turns of this process await it, so that a deadlock is noticed. It is in no line.
    const standIn = new MessageEntry(new Session(key, turns), spent, turns.passes.current(), undefined, undefined, id);
    standIn.state = 'delayed';
    standIn.open = () => ticket.#refuse(standIn);
    ticket.entry = standIn;
    return ticket;
  }

  get key(): string {
    return this.#key;
  }

  get isOpen(): boolean {
    return this.#outcome === undefined;
  }

  get isAccepted(): boolean {
    return this.#acceptance === 'accepted';
  }

  override get accepted(): Promise<void> {
    this.handle();
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        if (this.#acceptance instanceof Error) reject(this.#acceptance);
        else resolve();
      };
      if (this.#acceptance === 'open') this.#onAccepted.push(settle);
      else settle();
    });
  }

  override get outcome(): Promise<TicketOutcome<unknown>> {
    this.handle();
    return new Promise((resolve) => {
      if (this.#outcome === undefined) this.#onOutcome.push(resolve);
      else resolve(this.#outcome);
    });
  }

  override cancel(): boolean {
    if (!this.isOpen) return false;
    this.#cancel(this);
    return true;
  }

  override handle(): void {
    if (this.#isHandled) return;
    this.#isHandled = true;
    super.handle();
  }

  /** It is stored, or was not: then this says why. */
  accept(refusal?: QueueError): void {
    if (this.#acceptance !== 'open') return;
    this.#acceptance = refusal ?? 'accepted';
    for (const tell of this.#onAccepted.splice(0)) tell();
    if (refusal !== undefined) this.settle({ type: 'dropped', code: refusal.code, error: refusal }, refusal);
  }

  /** @param reason what it rejects with, where it does */
  settle(outcome: TicketOutcome<unknown>, reason?: unknown): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = outcome;
    this.accept();
    const { entry } = this;
    if (entry !== undefined) {
      entry.state = 'ended';
      release(entry);
    }
    if (outcome.type === 'merged') this.handle();
    if (outcome.type === 'done') this.#resolve(outcome.value);
    else this.#reject(reason);
    for (const tell of this.#onOutcome.splice(0)) tell(outcome);
  }

  // A turn awaits what could only run behind it.
  #refuse(standIn: MessageEntry): void {
    const error = standIn.extras?.error;
    if (error === undefined) return;
    this.#cancel(this);
    this.settle({ type: 'dropped', code: error.code, error }, error);
  }
}

function spent(): undefined {
  return undefined;
}
