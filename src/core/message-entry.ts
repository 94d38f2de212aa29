/** An entry that is a message. */
import { Entry } from './entry.ts';
import type { EntryExtras } from './entry.ts';
import type { Pass } from './passes.ts';
import type { Session } from './session.ts';
import type { Task } from './session-queue.ts';
import type { TicketPromise } from './ticket-promise.ts';

export class MessageEntry extends Entry {
  readonly message: unknown;
  /** The caller's own name for it; its number names it otherwise. */
  readonly name: string | undefined;
  ticket: TicketPromise | undefined;

  constructor(
    session: Session,
    task: Task<unknown>,
    since: Pass,
    extras: EntryExtras | undefined,
    message: unknown,
    name: string | undefined,
    number: number = session.turns.lanes.nextNumber(),
  ) {
    super(session, number, task, since, extras);
    this.message = message;
    this.name = name;
  }

  /** How often a turn has started with it. */
  get attempt(): number {
    return 1;
  }

  override get id(): string {
    return this.name ?? super.id;
  }
}

/** What the entry says; undefined for a task. */
export function messageOf(entry: Entry): unknown {
  return entry instanceof MessageEntry ? entry.message : undefined;
}
