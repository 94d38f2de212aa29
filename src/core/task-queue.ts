/** The queue that callers hold: checks what comes in, takes the place in line, and hands out promises. */
import type { Clock } from './clock.ts';
import { Closing } from './closing.ts';
import type { Entry, EntryExtras } from './entry.ts';
import { EventFeed } from './event-feed.ts';
import { inspectQueue, inspectSession } from './inspect.ts';
import { Passes } from './passes.ts';
import { QueueError, quoteKey } from './queue-error.ts';
import type { QueueEvent } from './queue-event.ts';
import { readDrainMs, readEntryOptions, show } from './queue-options.ts';
import type { Limits } from './queue-options.ts';
import type { CloseOptions, CloseReport, EntryOptions, SessionQueue, Task, Unstarted } from './session-queue.ts';
import type { QueueSnapshot, SessionSnapshot } from './snapshot.ts';
import { TrackedPromise } from './tracked-promise.ts';
import { currentTurn, prepareTurnContext } from './turn-context.ts';
import { Turns } from './turns.ts';
import { withdraw } from './withdraw.ts';

export class TaskQueue implements SessionQueue {
  readonly #turns: Turns;
  #isStopped = false;
  #drainWaiters: (() => void)[] = [];
  #closing: Closing | undefined;

  constructor(limits: Limits, clock: Clock) {
    prepareTurnContext();
    this.#turns = new Turns(limits, clock, new Passes(clock));
    this.#turns.onQuiet = () => this.#onQuiet();
  }

  enqueue<T>(sessionKey: string, task: Task<T>, options?: EntryOptions): Promise<T> {
    const turns = this.#turns;
    let extras: EntryExtras | undefined;
    try {
      checkArguments(sessionKey, task);
      if (options !== undefined) extras = readEntryOptions(options);
    } catch (error) {
      return Promise.reject(error);
    }
    const refusal = this.#refusal(sessionKey, extras);
    if (refusal !== undefined) {
      turns.feed?.tell({ type: 'refused', key: sessionKey, code: refusal.code, atMs: turns.clock.wall() });
      return Promise.reject(refusal);
    }
    const entry = turns.lanes.admit(sessionKey, task, turns.passes.current(), extras);
    if (extras !== undefined) turns.watchWaiting(entry);
    turns.feed?.tell({ type: 'enqueued', key: sessionKey, id: entry.id, atMs: turns.clock.wall() });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type of its task's result is lost in the line
    return resultOf(entry) as Promise<T>;
  }

  pending(sessionKey?: string): number {
    const { lanes } = this.#turns;
    if (sessionKey === undefined) return lanes.waiting + lanes.running;
    const session = lanes.sessions.get(sessionKey);
    return session === undefined ? 0 : session.waiting + (session.turn === undefined ? 0 : 1);
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#turns.feed?.tell({ type: 'stopped', atMs: this.#turns.clock.wall() });
  }

  cancel(sessionKey: string): readonly Unstarted[] {
    const session = this.#turns.lanes.sessions.get(sessionKey);
    return session === undefined ? [] : withdraw(session, cancelledError);
  }

  pause(sessionKey?: string): void {
    const { lanes } = this.#turns;
    if (sessionKey === undefined) lanes.isPaused = true;
    else lanes.pausedKeys.add(sessionKey);
    this.#tellPause('paused', sessionKey);
  }

  resume(sessionKey?: string): void {
    const { lanes } = this.#turns;
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

  close(options?: CloseOptions): Promise<CloseReport> {
    let drainMs: number;
    try {
      drainMs = readDrainMs(options);
    } catch (error) {
      return Promise.reject(error);
    }
    this.stop();
    const closing = (this.#closing ??= new Closing(this.#turns));
    closing.drainWithin(drainMs);
    return closing.report;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  inspect(): QueueSnapshot;
  inspect(sessionKey: string): SessionSnapshot | undefined;
  inspect(sessionKey?: string): QueueSnapshot | SessionSnapshot | undefined {
    if (sessionKey === undefined) return inspectQueue(this.#turns, this.#isStopped);
    const session = this.#turns.lanes.sessions.get(sessionKey);
    return session === undefined ? undefined : inspectSession(session);
  }

  subscribe(listener: (event: QueueEvent) => void): () => void {
    if (typeof listener !== 'function') {
      throw new TypeError(`subscribe: the listener is ${show(listener)}; expected a function.`);
    }
    const feed = (this.#turns.feed ??= new EventFeed());
    const remove = feed.add(listener);
    return () => {
      remove();
      // Without listeners no event is even made.
      if (!feed.hasListeners && this.#turns.feed === feed) this.#turns.feed = undefined;
    };
  }

  #refusal(sessionKey: string, extras: EntryExtras | undefined): QueueError | undefined {
    if (this.#isStopped) return new QueueError('stopped', 'Queue has been stopped');
    const { maxPending, maxPendingPerSession } = this.#turns.limits;
    if (this.pending() >= maxPending) return fullError('The queue', 'maxPending', maxPending);
    if (maxPendingPerSession !== Infinity && this.pending(sessionKey) >= maxPendingPerSession) {
      return fullError(`Session ${quoteKey(sessionKey)}`, 'maxPendingPerSession', maxPendingPerSession);
    }
    if (extras?.signal?.aborted !== true) return undefined;
    const message = `Session ${quoteKey(sessionKey)}: the signal had aborted before enqueue; nothing was enqueued.`;
    return new QueueError('aborted', message, { cause: extras.signal.reason });
  }

  #onQuiet(): void {
    this.#closing?.check();
    if (this.pending() > 0) return;
    this.#turns.feed?.tell({ type: 'drained', atMs: this.#turns.clock.wall() });
    const waiters = this.#drainWaiters;
    if (waiters.length === 0) return;
    this.#drainWaiters = [];
    for (const resolve of waiters) resolve();
  }

  #tellPause(type: 'paused' | 'resumed', key: string | undefined): void {
    const { feed, clock } = this.#turns;
    feed?.tell({ type, atMs: clock.wall(), ...(key === undefined ? undefined : { key }) });
  }
}

/** Only a turn's code can close a ring by awaiting, so only there a promise has to notice it. */
function resultOf(entry: Entry): Promise<unknown> {
  if (currentTurn() === undefined) return startOrWait(entry, ready, Promise);
  const result = startOrWait(entry, trackedReady, TrackedPromise);
  if (result instanceof TrackedPromise) result.entry = entry;
  return result;
}

/**
 * The promise is derived here, in `enqueue`, because that is what makes the task run in the async
 * context of its own call: behind a gate while the entry waits, or at the next microtask when it
 * has the lane already.
 */
function startOrWait(entry: Entry, now: Promise<void>, PromiseKind: PromiseConstructor): Promise<unknown> {
  const { turns } = entry.session;
  if (entry.state === 'granted') {
    turns.willStart(entry);
    return now.then(turns.beginStarting);
  }
  return turns.waitFor(entry, PromiseKind);
}

const ready: Promise<void> = Promise.resolve();
const trackedReady: Promise<void> = TrackedPromise.resolve();

function checkArguments(sessionKey: unknown, task: unknown): void {
  if (typeof sessionKey !== 'string') {
    throw new TypeError(`enqueue: the session key is ${show(sessionKey)}; expected a string.`);
  }
  if (typeof task !== 'function') {
    throw new TypeError(`enqueue: the task of session ${quoteKey(sessionKey)} is ${show(task)}; expected a function.`);
  }
}

function fullError(who: string, limit: 'maxPending' | 'maxPendingPerSession', most: number): QueueError {
  const wayOut = `Wait until pending() is smaller, or raise ${limit}.`;
  return new QueueError('full', `${who} has ${most} pending, which is its ${limit}; nothing was enqueued. ${wayOut}`);
}

function cancelledError(entry: Entry): QueueError {
  const what = entry.state === 'running' ? 'the running turn' : 'the waiting entry';
  return new QueueError('cancelled', `Session ${quoteKey(entry.session.key)}: cancel() took ${what}.`);
}
