/**
 * The orderly end of a queue, in phases: `draining` (what can run runs, for as long as allowed),
 * `withdrawing` (the rest is handed back or aborted), `aborting` (what was aborted may end), `closed`.
 */
import type { Timer } from './clock.ts';
import type { Entry } from './entry.ts';
import { QueueError, quoteKey } from './queue-error.ts';
import type { CloseReport } from './session-queue.ts';
import type { Turns } from './turns.ts';
import { withdraw } from './withdraw.ts';

/** How long aborted turns may take to end where the queue itself would wait for ever. */
const defaultGraceMs = 5000;

export class Closing<Item> {
  readonly report: Promise<CloseReport<Item>>;
  readonly #turns: Turns;
  readonly #handBack: (entry: Entry) => Item;
  #phase: 'draining' | 'withdrawing' | 'aborting' | 'closed' = 'draining';
  #deadlineMs = Infinity;
  #timer: Timer | undefined;
  #unstarted: readonly Entry[] = [];
  #aborted: readonly Entry[] = [];
  #resolve: (report: CloseReport<Item>) => void = () => undefined;

  constructor(turns: Turns, handBack: (entry: Entry) => Item) {
    this.#turns = turns;
    this.#handBack = handBack;
    this.report = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Ends the draining at the latest `drainMs` from now; a later end than asked for before is ignored. */
  drainWithin(drainMs: number): void {
    const deadlineMs = this.#turns.clock.now() + drainMs;
    if (this.#phase !== 'draining' || deadlineMs > this.#deadlineMs) return;
    this.#deadlineMs = deadlineMs;
    this.#timer?.clear();
    if (drainMs === 0) this.#abortRest();
    else if (drainMs !== Infinity) this.#timer = this.#turns.clock.setTimer(() => this.#abortRest(), drainMs);
    this.check();
  }

  /** To be called whenever nothing runs: what still waits then is paused, or held by its policy. */
  check(): void {
    const { lanes } = this.#turns;
    if (lanes.running > 0) return;
    if (this.#phase === 'draining' && !lanes.canGoOn()) this.#abortRest();
    else if (this.#phase === 'aborting') this.#finish();
  }

  #abortRest(): void {
    this.#phase = 'withdrawing';
    this.#timer?.clear();
    const { lanes, clock, limits } = this.#turns;
    const sessions = [...lanes.sessions.values()];
    this.#aborted = sessions.flatMap(({ turn }) => (turn === undefined || turn.state === 'granted' ? [] : [turn]));
    // Nothing of the rest may start while it is being handed back.
    const wasPaused = lanes.isPaused;
    lanes.isPaused = true;
    this.#unstarted = sessions
      .flatMap((session) => withdraw(session, closedError))
      .sort((one, other) => one.number - other.number);
    lanes.isPaused = wasPaused;
    this.#phase = 'aborting';
    if (lanes.running > 0 && limits.graceMs === Infinity) {
      this.#timer = clock.setTimer(() => this.#finish(), defaultGraceMs);
    }
    this.check();
  }

  #finish(): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#timer?.clear();
    const stuck = this.#aborted.filter(({ state }) => state !== 'ended');
    this.#resolve({
      unstarted: this.#unstarted.map(this.#handBack),
      stuck: stuck.map((entry) => ({ key: entry.session.key, id: entry.id })),
    });
  }
}

function closedError(entry: Entry): QueueError {
  const how = entry.state === 'running' ? 'its turn was aborted' : 'the entry was handed back';
  return new QueueError('closed', `Session ${quoteKey(entry.session.key)}: the queue was closed; ${how}.`);
}
