/** A running turn that waits for an answer: the next entry of its session that arrives. */
import type { Timer } from './clock.ts';
import type { Entry } from './entry.ts';
import { giveBack, takeNew } from './members.ts';

export class Receiver {
  /** The entry that answered; undefined when none did in time, or the turn has ended. Rejects when the turn is aborted. */
  readonly answer: Promise<Entry | undefined>;
  /** Whether it still waits. */
  isOpen = true;
  readonly #turn: Entry;
  /** What has answered, until the turn knows. */
  #answered: Entry | undefined;
  readonly #timer: Timer | undefined;
  #resolve: (entry: Entry | undefined) => void = () => undefined;
  #reject: (reason: unknown) => void = () => undefined;

  constructor(turn: Entry, timeoutMs: number) {
    this.#turn = turn;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const { clock, lanes } = turn.session.turns;
    if (timeoutMs !== Infinity) this.#timer = clock.setTimer(() => this.#goOnWith(undefined), timeoutMs);
    turn.more().receiver = this;
    lanes.lendSlot(turn);
  }

  /** Takes an entry that has just arrived. */
  take(entry: Entry): void {
    takeNew(entry, this.#turn);
    this.#answered = entry;
    this.#goOnWith(entry);
  }

  /** Nobody can answer any more. */
  giveUp(): void {
    if (this.isOpen) this.#goOnWith(undefined);
  }

  /** The turn was aborted, or has ended: there is nothing to wait for any more. */
  stop(): void {
    const { lanes } = this.#turn.session.turns;
    const extras = this.#turn.more();
    this.#timer?.clear();
    this.isOpen = false;
    extras.receiver = undefined;
    extras.onSlot = undefined;
    lanes.withhold(this.#turn.session);
    if (extras.error === undefined) {
      // The turn ended without it, while it waited for its slot: it has dealt with nothing.
      if (this.#answered !== undefined) giveBack(this.#answered, this.#turn);
      this.#resolve(undefined);
      return;
    }
    // It goes on at once, to clean up.
    lanes.takeBackSlot(this.#turn);
    this.#reject(extras.error);
  }

  #goOnWith(entry: Entry | undefined): void {
    const { clock, lanes } = this.#turn.session.turns;
    const extras = this.#turn.more();
    this.#timer?.clear();
    this.isOpen = false;
    lanes.awaitSlot(this.#turn, () => {
      extras.receiver = undefined;
      this.#answered = undefined;
      extras.progressedMs = clock.now();
      this.#resolve(entry);
    });
  }
}
