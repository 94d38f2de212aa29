/**
 * Writes to a journal once for everything that happened in one pass of the event loop. A commit that fails refuses what was to be
 * appended by it; whatever else happened is kept, and written as soon as that is possible again.
 */
import type { Clock, Timer } from '../core/clock.ts';
import type { Journal, Line } from './journal.ts';
import { NotCommitted } from './journal.ts';

/** How soon a commit that failed is tried again when nothing else happens. */
const tryAgainMs = 1000;

export class GroupCommit {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #onRefused: (numbers: ReadonlySet<number>, error: NotCommitted) => void;
  readonly #onCommitted: () => void;
  #lines: Line[] = [];
  #waiters: (() => void)[] = [];
  #triers: (() => void)[] = [];
  #isDue = false;
  #again: Timer | undefined;
  /** Nothing is written any more. */
  isClosed = false;
  /** Whether it was closed with lines that could not be committed. */
  isLost = false;

  /**
   * @param onCommitted is told when all that was written is committed
   * @param onRefused is told whose `append` was not written; no line of theirs is kept
   */
  constructor(
    journal: Journal,
    clock: Clock,
    onCommitted: () => void,
    onRefused: (numbers: ReadonlySet<number>, error: NotCommitted) => void,
  ) {
    this.#journal = journal;
    this.#clock = clock;
    this.#onCommitted = onCommitted;
    this.#onRefused = onRefused;
  }

  write(line: Line): void {
    this.#lines.push(line);
    this.#schedule();
  }

  /** Whether everything that was written is committed, so that the journal tells the truth. */
  get isClean(): boolean {
    return this.#lines.length === 0;
  }

  /** Resolves when everything that was written so far is committed, or was refused. */
  committed(): Promise<void> {
    if (this.#lines.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
    });
  }

  /** Resolves when it was tried to commit that: what was to be appended is stored, or was refused. */
  tried(): Promise<void> {
    if (this.#lines.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#triers.push(resolve);
    });
  }

  /** Commits now what there is. Says whether that worked. */
  commit(): boolean {
    if (this.#lines.length === 0 || this.isClosed) return this.#lines.length === 0;
    this.#again?.clear();
    const lines = this.#lines;
    this.#lines = [];
    try {
      this.#journal.commit(lines);
    } catch (error) {
      this.#keep(lines, error);
      return false;
    }
    this.#onCommitted();
    this.#triers = tell(this.#triers);
    this.#waiters = tell(this.#waiters);
    return true;
  }

  /** Nothing more is written. Who still waits is told, and has to ask whether that was lost. */
  close(): void {
    this.#again?.clear();
    this.isClosed = true;
    this.isLost = !this.isClean;
    this.#triers = tell(this.#triers);
    this.#waiters = tell(this.#waiters);
  }

  #schedule(): void {
    if (this.#isDue || this.isClosed) return;
    this.#isDue = true;
    const commit = (): void => {
      this.#isDue = false;
      this.commit();
    };
    if (this.#journal.isSlow) this.#clock.nextPass(commit);
    else queueMicrotask(commit);
  }

  #keep(lines: readonly Line[], error: unknown): void {
    const cause =
      error instanceof NotCommitted
        ? error
        : new NotCommitted(String(error), false, error instanceof Error ? { cause: error } : {});
    const refused = new Set(lines.filter(({ type }) => type === 'append').map(({ number }) => number));
    // What has happened meanwhile comes behind.
    this.#lines = [...lines.filter(({ number }) => !refused.has(number)), ...this.#lines];
    this.#onRefused(refused, cause);
    this.#triers = tell(this.#triers);
    if (this.#lines.length === 0) this.#waiters = tell(this.#waiters);
    else this.#again = this.#clock.setTimer(() => this.commit(), tryAgainMs);
  }
}

// In the order in which they came.
function tell(waiters: readonly (() => void)[]): (() => void)[] {
  for (const resolve of waiters) resolve();
  return [];
}
