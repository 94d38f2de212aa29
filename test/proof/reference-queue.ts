/**
 * A session queue that is as plain as it can be, with no thought for speed: what the checker has to
 * accept. Every step is a method of its own, so that a broken queue differs from it in one of them.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { QueueError } from '#src/index.ts';
import type { CloseOptions, CloseReport, EntryOptions, QueueErrorCode, Task, Unstarted } from '#src/index.ts';
import type { QueueUnderProof, ToldEvent } from './recorder.ts';
import { closesRing, setTimer, WatchedPromise } from './reference-entry.ts';
import type { End, Entry, Session } from './reference-entry.ts';
import { ReferenceLanes } from './reference-lanes.ts';

// The grace that a close gives where the queue's own is infinite.
const closeGraceMs = 5_000;

export class ReferenceQueue extends ReferenceLanes implements QueueUnderProof {
  protected isStopped = false;
  #lastId = 0;
  #closing: Promise<CloseReport> | undefined;
  #isDrainOver = false;
  readonly #drainTimers: { clear(): void }[] = [];

  enqueue<Value>(sessionKey: string, task: Task<Value>, options: EntryOptions = {}): Promise<Value> {
    const refusal = this.refusal(sessionKey, options);
    if (refusal !== undefined) {
      this.tell('refused', undefined, refusal.code);
      return Promise.reject(refusal);
    }
    const session = this.sessions.get(sessionKey) ?? { key: sessionKey, waiting: [], turn: undefined };
    this.sessions.set(sessionKey, session);
    const entry = this.makeEntry(session, task, options);
    this.place(session, entry);
    this.tell('enqueued', entry);
    this.watchWaiting(entry);
    this.review(session);
    this.startSoon();
    return entry.promise as Promise<Value>;
  }

  pending(sessionKey?: string): number {
    const sessions = [...this.sessions.values()].filter(({ key }) => sessionKey === undefined || key === sessionKey);
    return sessions.reduce((sum, session) => sum + this.countPending(session), 0);
  }

  stop(): void {
    this.isStopped = true;
  }

  cancel(sessionKey: string): readonly Unstarted[] {
    const session = this.sessions.get(sessionKey);
    if (session === undefined) return [];
    const { turn } = session;
    const unstarted = this.dropAll([...session.waiting], 'cancelled');
    if (turn !== undefined) this.abort(turn, 'cancelled');
    return unstarted;
  }

  pause(sessionKey?: string): void {
    if (sessionKey === undefined) this.isPaused = true;
    else this.pausedKeys.add(sessionKey);
    for (const session of this.sessions.values()) this.review(session);
  }

  resume(sessionKey?: string): void {
    if (sessionKey === undefined) this.isPaused = false;
    else this.pausedKeys.delete(sessionKey);
    for (const session of this.sessions.values()) this.review(session);
    this.startSoon();
  }

  drained(): Promise<void> {
    return this.until(() => this.pending() === 0);
  }

  close({ drainMs = Infinity }: CloseOptions = {}): Promise<CloseReport> {
    this.stop();
    if (drainMs === 0) this.#isDrainOver = true;
    else if (drainMs !== Infinity && !this.#isDrainOver) {
      const endDrain = (): void => {
        this.#isDrainOver = true;
        this.lookAtConditions();
      };
      this.#drainTimers.push(this.clock.setTimer(endDrain, drainMs));
    }
    this.lookAtConditions();
    this.#closing ??= this.closeNow();
    return this.#closing;
  }

  inspect(): { readonly sessions: readonly { readonly key: string }[] } {
    return { sessions: [...this.sessions.values()].map(({ key }) => ({ key })) };
  }

  subscribe(listener: (event: ToldEvent) => void): void {
    this.listeners.push(listener);
  }

  protected refusal(sessionKey: string, { signal }: EntryOptions): QueueError | undefined {
    const { maxPending = Infinity, maxPendingPerSession = Infinity } = this.options;
    if (this.isStopped) return new QueueError('stopped', 'Queue has been stopped');
    if (signal?.aborted === true) return new QueueError('aborted', 'aborted before');
    const isFull = this.pending() >= maxPending || this.pending(sessionKey) >= maxPendingPerSession;
    return isFull ? new QueueError('full', 'full') : undefined;
  }

  protected place({ waiting }: Session, entry: Entry): void {
    const index = waiting.findIndex(({ rankMs }) => rankMs > entry.rankMs);
    waiting.splice(index === -1 ? waiting.length : index, 0, entry);
  }

  protected rankMs(priority: number): number {
    return this.clock.now() - priority * 1_000;
  }

  protected watchWaiting(entry: Entry): void {
    const { signal, ttlMs } = entry.options;
    setTimer(this.clock, entry, () => this.expire(entry), ttlMs);
    if (signal === undefined) return;
    const onAbort = (): void => this.onSignal(entry);
    signal.addEventListener('abort', onAbort);
    entry.undo.push(() => signal.removeEventListener('abort', onAbort));
  }

  protected expire(entry: Entry): void {
    this.drop(entry, 'expired');
  }

  protected dropAll(entries: readonly Entry[], code: QueueErrorCode): Unstarted[] {
    for (const entry of entries) this.drop(entry, code);
    return entries.map(({ session, id, task }) => ({ key: session.key, id, task }));
  }

  protected makeEntry(session: Session, task: Task<unknown>, options: EntryOptions): Entry {
    const { promise, settle } = makePromise();
    this.#lastId += 1;
    const entry: Entry = {
      id: String(this.#lastId),
      session,
      task,
      options,
      rankMs: this.rankMs(options.priority ?? 0),
      promise,
      settle,
      inContext: AsyncLocalStorage.snapshot(),
      controller: new AbortController(),
      undo: [],
      awaited: new Set(),
      epoch: 0,
      progressedMs: 0,
      progress: () => {
        entry.progressedMs = this.clock.now();
      },
      isTold: false,
      hasEnded: false,
    };
    promise.onAwait = (turn) => this.onAwait(turn, entry);
    return entry;
  }

  /** A turn awaits an entry: that lends its slot, or is refused where it would close a ring. */
  protected onAwait(turn: Entry, entry: Entry): unknown {
    if (entry.isTold || turn.session.turn !== turn) return undefined;
    if (closesRing(turn, entry)) {
      if (entry.session.turn === entry) return new QueueError('deadlock', 'deadlock');
      this.drop(entry, 'deadlock');
      return undefined;
    }
    turn.awaited.add(entry);
    this.startSoon();
    return undefined;
  }

  protected canRun(): boolean {
    return [...this.sessions.values()].some(
      (session) => session.turn !== undefined || (!this.isPaused && this.isReady(session)),
    );
  }

  protected async closeNow(): Promise<CloseReport> {
    await this.until(() => this.#isDrainOver || !this.canRun());
    this.#isDrainOver = true;
    for (const timer of this.#drainTimers) timer.clear();
    const sessions = [...this.sessions.values()];
    const turns = sessions.flatMap(({ turn }) => turn ?? []);
    const waiting = sessions.flatMap((session) => session.waiting);
    const unstarted = this.dropAll(
      waiting.toSorted((one, other) => Number(one.id) - Number(other.id)),
      'closed',
    );
    for (const turn of turns) this.abort(turn, 'closed');
    const stuck = await this.stuckAfterGrace(turns);
    return { unstarted, stuck: stuck.map(({ session, id }) => ({ key: session.key, id })) };
  }

  protected async stuckAfterGrace(turns: readonly Entry[]): Promise<Entry[]> {
    const { graceMs = Infinity } = this.options;
    let isGraceOver = false;
    const timer = this.clock.setTimer(
      () => {
        isGraceOver = true;
        this.lookAtConditions();
      },
      graceMs === Infinity ? closeGraceMs : graceMs,
    );
    await this.until(() => isGraceOver || turns.every(({ hasEnded }) => hasEnded));
    timer.clear();
    return turns.filter(({ hasEnded }) => !hasEnded);
  }
}

function makePromise(): { promise: WatchedPromise; settle: (end: End) => void } {
  let settle: (end: End) => void = () => undefined;
  const promise = new WatchedPromise((resolve, reject) => {
    settle = (end) => {
      if (end.type === 'done') resolve(end.value);
      else reject(end.reason);
    };
  });
  return { promise, settle };
}
