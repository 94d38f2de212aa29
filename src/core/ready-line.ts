/** The sessions that are ready and wait for a slot, in the order in which they became it. */
import type { Session } from './session.ts';

export class ReadyLine {
  first: Session | undefined = undefined;
  #last: Session | undefined = undefined;

  push(session: Session): void {
    session.isReady = true;
    session.previousReady = this.#last;
    if (this.#last === undefined) this.first = session;
    else this.#last.nextReady = session;
    this.#last = session;
  }

  /** For one that has had its turn, and could not use it. */
  pushFirst(session: Session): void {
    session.isReady = true;
    session.nextReady = this.first;
    if (this.first === undefined) this.#last = session;
    else this.first.previousReady = session;
    this.first = session;
  }

  remove(session: Session): void {
    const { previousReady, nextReady } = session;
    if (previousReady === undefined) this.first = nextReady;
    else previousReady.nextReady = nextReady;
    if (nextReady === undefined) this.#last = previousReady;
    else nextReady.previousReady = previousReady;
    session.isReady = false;
    session.previousReady = undefined;
    session.nextReady = undefined;
  }
}
