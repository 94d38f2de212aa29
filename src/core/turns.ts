/**
 * The turns of a queue: from the moment an entry got its lane, through abort and grace, to its end.
 * The caller is told as soon as the outcome is known; the lane is given up only when the task has
 * really ended, or when the grace of an abort is over.
 */
import type { Clock } from './clock.ts';
import type { Entry } from './entry.ts';
import type { EventFeed } from './event-feed.ts';
import { callTask, Following } from './following.ts';
import { Lanes } from './lanes.ts';
import type { Passes } from './passes.ts';
import { QueueError, quoteKey } from './queue-error.ts';
import type { Limits } from './queue-options.ts';
import { callInTurn } from './turn-context.ts';
import { endAwaiters, endAwaiting } from './wait-graph.ts';

/** How long an aborted turn may go on before it is reported as stuck. */
const stuckAfterMs = 1000;

export class Turns {
  readonly lanes: Lanes;
  readonly clock: Clock;
  readonly passes: Passes;
  readonly limits: Limits;
  /** There while somebody listens. */
  feed: EventFeed | undefined = undefined;
  /** Called whenever no turn holds a lane after an entry has left or gone back into its line. */
  onQuiet: (() => void) | undefined = undefined;
  readonly #hasTurnLimits: boolean;
  #lastEpoch = 0;
  #firstStarting: Entry | undefined = undefined;
  #lastStarting: Entry | undefined = undefined;

  constructor(limits: Limits, clock: Clock, passes: Passes) {
    this.limits = limits;
    this.clock = clock;
    this.passes = passes;
    this.lanes = new Lanes(this, limits.concurrency);
    this.#hasTurnLimits = limits.timeoutMs !== Infinity || limits.idleTimeoutMs !== Infinity;
  }

  /** Remembers an entry that got its lane while it was enqueued: it has no gate to be opened. */
  willStart(entry: Entry): void {
    if (this.#lastStarting === undefined) this.#firstStarting = entry;
    else this.#lastStarting.next = entry;
    this.#lastStarting = entry;
  }

  /**
   * Begins the oldest of those. Promise jobs run in the order in which they were asked for, so each
   * job finds its own entry, and no task needs a closure.
   */
  readonly beginStarting = (): unknown => {
    const entry = this.#firstStarting;
    if (entry === undefined) throw new Error('No turn is to start: please report this.');
    this.#firstStarting = entry.next;
    if (entry.next === undefined) this.#lastStarting = undefined;
    entry.next = undefined;
    return this.begin(entry);
  };

  /** Calls the task. What this gives settles the promise that the caller of `enqueue` has. */
  readonly begin = (entry: Entry): unknown => {
    const nextPass = this.#mayStart(entry) ? this.passes.admitStart() : undefined;
    return nextPass === undefined ? this.#start(entry) : nextPass.then(() => this.#start(entry));
  };

  // Between the choice of an entry and its start it can be dropped, and its session paused.
  #mayStart(entry: Entry): boolean {
    return entry.state === 'granted' && !this.lanes.isPausedFor(entry.session);
  }

  #start(entry: Entry): unknown {
    if (entry.state === 'dropped') return Promise.reject(entry.extras?.error);
    if (!this.#mayStart(entry)) return this.#waitAgain(entry);
    entry.state = 'running';
    entry.epoch = ++this.#lastEpoch;
    if (this.feed !== undefined) this.#tellStarted(entry, this.feed);
    entry.since = this.passes.current();
    if (this.#hasTurnLimits || entry.extras !== undefined) this.#watch(entry);
    return new Following(entry, callInTurn(entry, callTask));
  }

  /** Gives what is settled as the task will be, once the entry gets its lane. */
  waitFor(entry: Entry, PromiseKind: PromiseConstructor): Promise<unknown> {
    const gate = new PromiseKind(grabOpen);
    entry.open = grabbed;
    grabbed = undefined;
    return gate.then(this.begin);
  }

  /** The task of the entry has ended. */
  end(entry: Entry, hasFailed: boolean): void {
    const { state } = entry;
    entry.state = 'ended';
    if (entry.extras !== undefined) this.#release(entry);
    if (state !== 'released') this.#giveUpLane(entry);
    if (this.feed !== undefined) {
      this.#tellRan('ended', entry);
      if (state === 'running') this.#tellSettled(entry, hasFailed ? 'failed' : 'done');
    }
    if (state !== 'released') this.#noteQuiet();
  }

  /** Takes out an entry that has not run, and tells its caller why. */
  drop(entry: Entry, error: QueueError): void {
    const isWaiting = entry.state === 'waiting';
    entry.state = 'dropped';
    entry.more().error = error;
    this.#release(entry);
    if (isWaiting) this.lanes.leaveLine(entry);
    else this.lanes.passLaneOn(entry);
    entry.open?.(entry);
    entry.open = undefined;
    this.#tellSettled(entry, 'dropped');
    this.#noteQuiet();
  }

  /**
   * Tells the caller of a running entry, and then the task by its signal. The lane stays closed:
   * `end` opens it, or the grace that begins here.
   */
  abort(entry: Entry, error: QueueError): void {
    if (entry.state !== 'running') return;
    const extras = entry.more();
    entry.state = 'aborting';
    extras.error = error;
    extras.abortedMs = this.clock.now();
    this.#release(entry);
    this.feed?.tell({ type: 'aborted', ...this.#named(entry), epoch: entry.epoch, code: error.code });
    this.#tellSettled(entry, 'failed');
    this.#watchOverstay(entry);
    entry.reject?.(error);
    // The task's own listeners run in here: everything above has to be as it will stay.
    extras.controller?.abort(error);
  }

  /** Starts to watch over a waiting entry: its signal and its time to live. */
  watchWaiting(entry: Entry): void {
    const { extras } = entry;
    if (extras === undefined) return;
    const { signal, ttlMs } = extras;
    if (signal !== undefined) {
      extras.onSignal = () => this.#leaveBySignal(entry, signal);
      signal.addEventListener('abort', extras.onSignal);
    }
    if (ttlMs !== Infinity) {
      extras.timer = this.clock.setTimer(() => {
        const waited = `Session ${quoteKey(entry.session.key)}: the entry waited longer than its ttlMs of ${ttlMs}`;
        this.drop(entry, new QueueError('expired', `${waited}. Enqueue it again if it is still wanted.`));
      }, ttlMs);
    }
  }

  #watchOverstay(entry: Entry): void {
    const extras = entry.more();
    const { clock } = this;
    const { graceMs } = this.limits;
    if (graceMs <= stuckAfterMs) {
      extras.timer = clock.setTimer(() => this.#fence(entry), graceMs);
      return;
    }
    extras.timer = clock.setTimer(() => {
      this.#tellRan('stuck', entry);
      if (graceMs !== Infinity) extras.timer = clock.setTimer(() => this.#fence(entry), graceMs - stuckAfterMs);
    }, stuckAfterMs);
  }

  /** Takes the lane from a turn that has outstayed its grace. */
  #fence(entry: Entry): void {
    entry.state = 'released';
    this.#giveUpLane(entry);
    this.#tellRan('released', entry);
    this.#noteQuiet();
  }

  #waitAgain(entry: Entry): Promise<unknown> {
    const result = this.waitFor(entry, Promise);
    this.lanes.returnToLine(entry);
    // A close that waits for the last turn has to learn that there is none.
    this.#noteQuiet();
    return result;
  }

  #noteQuiet(): void {
    if (this.lanes.running === 0) this.onQuiet?.();
  }

  #giveUpLane(entry: Entry): void {
    endAwaiting(entry);
    this.lanes.leaveLane(entry);
  }

  #watch(entry: Entry): void {
    const { limits } = this;
    const { extras } = entry;
    extras?.timer?.clear();
    const timeoutMs = extras?.timeoutMs ?? limits.timeoutMs;
    if (timeoutMs !== Infinity) {
      entry.more().timer = this.clock.setTimer(() => {
        this.abort(
          entry,
          new QueueError('timeout', overstayed(entry, `ran longer than its timeoutMs of ${timeoutMs}`)),
        );
      }, timeoutMs);
    }
    if (limits.idleTimeoutMs !== Infinity) {
      entry.more().progressedMs = this.clock.now();
      this.#watchProgress(entry, limits.idleTimeoutMs);
    }
  }

  #watchProgress(entry: Entry, delayMs: number): void {
    const extras = entry.more();
    const { idleTimeoutMs } = this.limits;
    extras.idleTimer = this.clock.setTimer(() => {
      const leftMs = extras.progressedMs + idleTimeoutMs - this.clock.now();
      if (leftMs > 0) this.#watchProgress(entry, leftMs);
      else {
        const what = `made no progress for its idleTimeoutMs of ${idleTimeoutMs}`;
        this.abort(entry, new QueueError('idle-timeout', overstayed(entry, what)));
      }
    }, delayMs);
  }

  #leaveBySignal(entry: Entry, signal: AbortSignal): void {
    const message = `Session ${quoteKey(entry.session.key)}: the entry's signal aborted.`;
    const error = new QueueError('aborted', message, { cause: signal.reason });
    if (entry.state === 'running') this.abort(entry, error);
    else this.drop(entry, error);
  }

  /** Lets go of everything outside that could still call back, and of who awaits the entry. */
  #release(entry: Entry): void {
    const { extras } = entry;
    if (extras === undefined) return;
    extras.timer?.clear();
    extras.idleTimer?.clear();
    if (extras.onSignal !== undefined) {
      extras.signal?.removeEventListener('abort', extras.onSignal);
      extras.onSignal = undefined;
    }
    endAwaiters(entry);
  }

  #named(entry: Entry): { readonly key: string; readonly id: string; readonly atMs: number } {
    return { key: entry.session.key, id: entry.id, atMs: this.clock.wall() };
  }

  #ageMs(entry: Entry): number {
    return this.clock.now() - entry.since.startedMs;
  }

  #tellStarted(entry: Entry, feed: EventFeed): void {
    feed.tell({ type: 'started', ...this.#named(entry), epoch: entry.epoch, waitedMs: this.#ageMs(entry) });
  }

  #tellRan(type: 'stuck' | 'released' | 'ended', entry: Entry): void {
    this.feed?.tell({ type, ...this.#named(entry), epoch: entry.epoch, ranMs: this.#ageMs(entry) });
  }

  #tellSettled(entry: Entry, outcome: 'done' | 'failed' | 'dropped'): void {
    if (this.feed === undefined) return;
    const code = entry.extras?.error?.code;
    this.feed.tell({ type: 'settled', ...this.#named(entry), outcome, ...(code === undefined ? undefined : { code }) });
  }
}

// One executor for all gates, instead of a closure each.
let grabbed: ((entry: Entry) => void) | undefined;
function grabOpen(resolve: (entry: Entry) => void): void {
  grabbed = resolve;
}

function overstayed(entry: Entry, what: string): string {
  return (
    `Session ${quoteKey(entry.session.key)}: the turn ${what} ms. Its signal was aborted, and its lane stays closed ` +
    'until its task ends: let the task obey turn.signal, or set graceMs.'
  );
}
