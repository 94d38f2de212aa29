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
import { disband, endMembers, leaveTurn } from './members.ts';
import { Passes } from './passes.ts';
import type { QueueError } from './queue-error.ts';
import type { Outcome, QueueEvent } from './queue-event.ts';
import type { Limits } from './queue-options.ts';
import type { TaskTurn } from './task-turn.ts';
import { callInTurn } from './turn-context.ts';
import { endAwaiting } from './wait-graph.ts';
import { release, watchOverstay, watchTurn } from './watch.ts';

/** What decides with the queue how turns end. It calls `endWell` or `endBadly` when the time has come, or starts the entry again. */
export interface Ending {
  succeeded(entry: Entry, value: unknown): void;
  failed(entry: Entry, reason: unknown): void;
  /** Whether a turn that is being aborted will be followed by another one of the same entry: then its caller isn't told. */
  willRunAgain(entry: Entry, error: QueueError): boolean;
  /** The same turn is aborted once more, by somebody who doesn't want another one: says whether there would have been one. */
  givesUp(entry: Entry): boolean;
  started(entry: Entry): void;
  /** The turn is about to lose its lane, while its task goes on. */
  released(entry: Entry): void;
}

export class Turns {
  readonly lanes: Lanes;
  readonly clock: Clock;
  readonly passes: Passes;
  readonly limits: Limits;
  /** There while somebody listens. */
  feed: EventFeed<QueueEvent> | undefined = undefined;
  /** Called whenever no turn holds a lane after an entry has left or gone back into its line. */
  onQuiet: (() => void) | undefined = undefined;
  /** Called when it is known how an entry ended, soon before its caller is told. */
  onSettled: ((entry: Entry, outcome: Outcome) => void) | undefined = undefined;
  /** Has a say in how turns end, where entries outlive the queue. */
  ending: Ending | undefined = undefined;
  /** Whether one turn can run several entries: those of a queue that has one handler for all. */
  canShareTurns = false;
  /** What a task is handed. */
  readonly makeTurn: (entry: Entry) => TaskTurn;
  readonly #hasTurnLimits: boolean;
  #isInStep = false;
  #lastEpoch = 0;
  #firstStarting: Entry | undefined = undefined;
  #lastStarting: Entry | undefined = undefined;

  constructor(limits: Limits, clock: Clock, makeTurn: (entry: Entry) => TaskTurn) {
    this.makeTurn = makeTurn;
    this.limits = limits;
    this.clock = clock;
    this.passes = new Passes(clock);
    this.lanes = new Lanes(this, limits.concurrency);
    this.#hasTurnLimits = limits.timeoutMs !== Infinity || limits.idleTimeoutMs !== Infinity;
  }

  /** Goes on counting where an earlier life of the queue, or another process, has ended. */
  countOn(lastEpoch: number): void {
    this.#lastEpoch = Math.max(this.#lastEpoch, lastEpoch);
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
    if (entry.state !== 'granted') return Promise.reject(entry.extras?.error);
    if (!this.#mayStart(entry)) return this.#waitAgain(entry);
    entry.state = 'running';
    entry.epoch = ++this.#lastEpoch;
    if (this.feed !== undefined) this.#tellStarted(entry, this.feed);
    entry.since = this.passes.current();
    this.lanes.planner?.noteStart(entry);
    this.ending?.started(entry);
    if (this.#hasTurnLimits || entry.extras !== undefined) watchTurn(this, entry);
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
    if (entry.extras !== undefined) {
      release(entry);
      if (state !== 'released') endMembers(entry, state === 'running' && !hasFailed);
    }
    if (state !== 'released') this.#giveUpLane(entry);
    this.tellRan('ended', entry);
    if (state === 'running') this.#tellSettled(entry, hasFailed ? 'failed' : 'done');
    if (state !== 'released') this.noteQuiet();
  }

  /** Takes an entry out that has not started a turn of its own, and tells its caller why. */
  drop(entry: Entry, error: QueueError): void {
    const { state } = entry;
    entry.state = 'dropped';
    entry.more().error = error;
    release(entry);
    const hasRun = state === 'joined' && leaveTurn(entry);
    if (state === 'waiting') this.lanes.leaveLine(entry);
    else if (state === 'granted') {
      disband(entry);
      this.lanes.passLaneOn(entry);
    }
    entry.more().hasRun = hasRun;
    this.#settle(entry, hasRun ? 'failed' : 'dropped');
  }

  /** The turn that the entry has joined has dealt with it. */
  merge(entry: Entry, error: QueueError): void {
    entry.state = 'ended';
    entry.more().error = error;
    release(entry);
    this.lanes.joined -= 1;
    this.#settle(entry, 'merged');
  }

  /**
   * Tells the caller of a running entry, and then the task by its signal. The lane stays closed:
   * `end` opens it, or the grace that begins here.
   */
  abort(entry: Entry, error: QueueError): void {
    if (entry.state === 'aborting' && this.ending?.givesUp(entry) === true) {
      // It was to run again, and now its caller is told that it won't.
      entry.more().error = error;
      this.#tellSettled(entry, 'failed');
      entry.reject?.(error);
    }
    if (entry.state !== 'running') return;
    const extras = entry.more();
    entry.state = 'aborting';
    extras.error = error;
    extras.abortedMs = this.clock.now();
    const isKept = this.ending?.willRunAgain(entry, error) === true;
    release(entry, isKept);
    this.feed?.tell({ type: 'aborted', ...this.#named(entry), epoch: entry.epoch, code: error.code });
    if (!isKept) this.#tellSettled(entry, 'failed');
    watchOverstay(this, entry);
    if (!isKept) entry.reject?.(error);
    // The task's own listeners run in here: everything above has to be as it will stay.
    extras.controller?.abort(error);
  }

  /** Takes the lane from a turn that has outstayed its grace. */
  fence(entry: Entry): void {
    entry.state = 'released';
    this.ending?.released(entry);
    endMembers(entry, false);
    this.#giveUpLane(entry);
    this.tellRan('released', entry);
    this.noteQuiet();
  }

  // The caller of an entry that has no turn of its own is told through its gate.
  #settle(entry: Entry, outcome: Exclude<Outcome, 'done'>): void {
    entry.open?.(entry);
    entry.open = undefined;
    this.#tellSettled(entry, outcome);
    this.noteQuiet();
  }

  #waitAgain(entry: Entry): Promise<unknown> {
    const result = this.waitFor(entry, Promise);
    disband(entry);
    this.lanes.returnToLine(entry);
    // A close that waits for the last turn has to learn that there is none.
    this.noteQuiet();
    return result;
  }

  noteQuiet(): void {
    if (this.lanes.running === 0 && !this.#isInStep) this.onQuiet?.();
  }

  /** Does several things as one: that nothing runs any more is said behind the last of them. */
  inOneStep(act: () => void): void {
    this.#isInStep = true;
    act();
    this.#isInStep = false;
    this.noteQuiet();
  }

  #giveUpLane(entry: Entry): void {
    endAwaiting(entry);
    this.lanes.leaveLane(entry);
  }

  #named(entry: Entry): { readonly key: string; readonly id: string; readonly atMs: number } {
    return { key: entry.session.key, id: entry.id, atMs: this.clock.wall() };
  }

  #ageMs(entry: Entry): number {
    return this.clock.now() - entry.since.startedMs;
  }

  #tellStarted(entry: Entry, feed: EventFeed<QueueEvent>): void {
    feed.tell({ type: 'started', ...this.#named(entry), epoch: entry.epoch, waitedMs: this.#ageMs(entry) });
  }

  tellRan(type: 'stuck' | 'released' | 'ended', entry: Entry): void {
    this.feed?.tell({ type, ...this.#named(entry), epoch: entry.epoch, ranMs: this.#ageMs(entry) });
  }

  /** Its turn has failed, and the entry waits for its next one. */
  tellAgain(entry: Entry, error: unknown, delayMs: number): void {
    this.feed?.tell({ type: 'retrying', ...this.#named(entry), epoch: entry.epoch, error, delayMs });
  }

  #tellSettled(entry: Entry, outcome: Outcome): void {
    this.onSettled?.(entry, outcome);
    if (this.feed === undefined) return;
    const code = entry.extras?.error?.code;
    const into = outcome === 'merged' ? entry.extras?.carrier?.id : undefined;
    this.feed.tell({
      type: 'settled',
      ...this.#named(entry),
      outcome,
      ...(code === undefined ? undefined : { code }),
      ...(into === undefined ? undefined : { into }),
    });
  }
}

// One executor for all gates, instead of a closure each.
let grabbed: ((entry: Entry) => void) | undefined;
function grabOpen(resolve: (entry: Entry) => void): void {
  grabbed = resolve;
}
