/** What every queue is made of, whatever it runs: lanes, turns, and the calls that don't depend on what an entry is. */
import type { Clock } from './clock.ts';
import { Closing } from './closing.ts';
import type { Entry, EntryExtras } from './entry.ts';
import { EventFeed } from './event-feed.ts';
import { inspectQueue, inspectSession } from './inspect.ts';
import { countMembers } from './members.ts';
import { Planner } from './planner.ts';
import type { Policy } from './policy.ts';
import { QueueError, quoteKey } from './queue-error.ts';
import type { QueueEvent } from './queue-event.ts';
import { readDrainMs, show } from './queue-options.ts';
import type { Limits } from './queue-options.ts';
import { abortedBefore, fullError, stoppedError } from './refusals.ts';
import type { CloseOptions, CloseReport, QueueControls } from './session-queue.ts';
import type { QueueSnapshot, SessionSnapshot } from './snapshot.ts';
import type { TaskTurn } from './task-turn.ts';
import { prepareTurnContext } from './turn-context.ts';
import { Turns } from './turns.ts';
import { watchWaiting } from './watch.ts';
import { withdraw } from './withdraw.ts';

export abstract class LaneQueue<Item> implements QueueControls<Item> {
  protected readonly turns: Turns;
  #drainWaiters: (() => void)[] = [];
  #closing: Closing<Item> | undefined;

  constructor(limits: Limits, policy: Policy | undefined, clock: Clock, makeTurn: (entry: Entry) => TaskTurn) {
    prepareTurnContext();
    this.turns = new Turns(limits, clock, makeTurn);
    this.turns.onQuiet = () => this.#onQuiet();
    if (policy !== undefined) this.turns.lanes.planner = new Planner(this.turns, policy);
  }

  /** An entry that has not run, as it is handed back. */
  protected abstract handBack(entry: Entry): Item;

  pending(sessionKey?: string): number {
    const { lanes } = this.turns;
    if (sessionKey === undefined) return lanes.waiting + lanes.running + lanes.joined;
    const session = lanes.sessions.get(sessionKey);
    if (session === undefined) return 0;
    return session.waiting + (session.turn === undefined ? 0 : 1 + countMembers(session.turn));
  }

  stop(): void {
    const { lanes, feed, clock } = this.turns;
    if (lanes.isStopped) return;
    lanes.isStopped = true;
    feed?.tell({ type: 'stopped', atMs: clock.wall() });
  }

  cancel(sessionKey: string): readonly Item[] {
    const session = this.turns.lanes.sessions.get(sessionKey);
    if (session === undefined) return [];
    return withdraw(session, cancelledError).map((entry) => this.handBack(entry));
  }

  pause(sessionKey?: string): void {
    const { lanes } = this.turns;
    if (sessionKey === undefined) lanes.isPaused = true;
    else lanes.pausedKeys.add(sessionKey);
    this.#tellPause('paused', sessionKey);
  }

  resume(sessionKey?: string): void {
    const { lanes } = this.turns;
    if (sessionKey === undefined) {
      lanes.isPaused = false;
      for (const session of lanes.sessions.values()) lanes.advance(session);
    } else {
      lanes.pausedKeys.delete(sessionKey);
      const session = lanes.sessions.get(sessionKey);
      if (session !== undefined) lanes.advance(session);
    }
    this.#tellPause('resumed', sessionKey);
  }

  drained(): Promise<void> {
    if (this.pending() === 0) return Promise.resolve();
    return new Promise((resolve) => this.#drainWaiters.push(resolve));
  }

  close(options?: CloseOptions): Promise<CloseReport<Item>> {
    let drainMs: number;
    try {
      drainMs = readDrainMs(options);
    } catch (error) {
      return Promise.reject(error);
    }
    this.stop();
    const closing = (this.#closing ??= new Closing(this.turns, (entry) => this.handBack(entry)));
    closing.drainWithin(drainMs);
    return closing.report;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  inspect(): QueueSnapshot;
  inspect(sessionKey: string): SessionSnapshot | undefined;
  inspect(sessionKey?: string): QueueSnapshot | SessionSnapshot | undefined {
    if (sessionKey === undefined) return inspectQueue(this.turns);
    const session = this.turns.lanes.sessions.get(sessionKey);
    return session === undefined ? undefined : inspectSession(session);
  }

  subscribe(listener: (event: QueueEvent) => void): () => void {
    if (typeof listener !== 'function') {
      throw new TypeError(`subscribe: the listener is ${show(listener)}; expected a function.`);
    }
    const feed = (this.turns.feed ??= new EventFeed<QueueEvent>());
    const remove = feed.add(listener);
    return () => {
      remove();
      // Without listeners no event is even made.
      if (!feed.hasListeners && this.turns.feed === feed) this.turns.feed = undefined;
    };
  }

  /** Why nothing can be enqueued now, if so. Then listeners are told. */
  protected refuse(sessionKey: string, extras: EntryExtras | undefined, isAnswer = false): QueueError | undefined {
    const refusal = this.#refusal(sessionKey, extras, isAnswer);
    const { feed, clock } = this.turns;
    if (refusal !== undefined) feed?.tell({ type: 'refused', key: sessionKey, code: refusal.code, atMs: clock.wall() });
    return refusal;
  }

  /** An entry has been taken in: it is watched, and listeners are told. */
  protected noteEnqueued(entry: Entry): void {
    const { turns } = this;
    if (entry.extras !== undefined) watchWaiting(turns, entry);
    turns.feed?.tell({ type: 'enqueued', key: entry.session.key, id: entry.id, atMs: turns.clock.wall() });
  }

  #refusal(sessionKey: string, extras: EntryExtras | undefined, isAnswer: boolean): QueueError | undefined {
    if (this.turns.lanes.isStopped) return stoppedError();
    const { maxPending, maxPendingPerSession } = this.turns.limits;
    // A turn that asked would wait for ever if its own place kept the answer out.
    if (!isAnswer && this.pending() >= maxPending) return fullError(sessionKey, 'maxPending', maxPending);
    if (!isAnswer && maxPendingPerSession !== Infinity && this.pending(sessionKey) >= maxPendingPerSession) {
      return fullError(sessionKey, 'maxPendingPerSession', maxPendingPerSession);
    }
    return abortedBefore(sessionKey, extras?.signal);
  }

  #onQuiet(): void {
    this.#closing?.check();
    if (this.pending() > 0) return;
    this.turns.feed?.tell({ type: 'drained', atMs: this.turns.clock.wall() });
    const waiters = this.#drainWaiters;
    if (waiters.length === 0) return;
    this.#drainWaiters = [];
    for (const resolve of waiters) resolve();
  }

  #tellPause(type: 'paused' | 'resumed', key: string | undefined): void {
    const { feed, clock } = this.turns;
    feed?.tell({ type, atMs: clock.wall(), ...(key === undefined ? undefined : { key }) });
  }
}

function cancelledError(entry: Entry): QueueError {
  const what = entry.state === 'running' ? 'the running turn' : 'the waiting entry';
  return new QueueError('cancelled', `Session ${quoteKey(entry.session.key)}: cancel() took ${what}.`);
}
