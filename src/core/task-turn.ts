/** The turn as its task sees it. */
import type { Entry } from './entry.ts';
import type { Turn } from './session-queue.ts';

export class TaskTurn implements Turn {
  readonly #entry: Entry;

  constructor(entry: Entry) {
    this.#entry = entry;
  }

  get key(): string {
    return this.#entry.session.key;
  }

  get id(): string {
    return this.#entry.id;
  }

  get epoch(): number {
    return this.#entry.epoch;
  }

  get attempt(): number {
    return 1;
  }

  get signal(): AbortSignal {
    const extras = this.#entry.more();
    if (extras.controller === undefined) {
      extras.controller = new AbortController();
      if (extras.error !== undefined) extras.controller.abort(extras.error);
    }
    return extras.controller.signal;
  }

  progress(): void {
    const { extras, session } = this.#entry;
    if (extras?.idleTimer !== undefined) extras.progressedMs = session.turns.clock.now();
  }
}
