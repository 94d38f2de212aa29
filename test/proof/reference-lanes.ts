/**
 * The lanes of the reference queue: who may run, how a turn starts, and how an entry ends. What
 * happens next is derived from a session's state by `review`, after everything that changes it.
 */
import { QueueError } from '#src/index.ts';
import type { QueueErrorCode, QueueOptions, Turn } from '#src/index.ts';
import type { FakeClock } from './fake-clock.ts';
import type { ToldEvent } from './recorder.ts';
import { clearAll, currentTurn, setTimer } from './reference-entry.ts';
import type { End, Entry, Session } from './reference-entry.ts';

export class ReferenceLanes {
  protected readonly options: QueueOptions;
  protected readonly clock: FakeClock;
  protected readonly sessions: Map<string, Session> = new Map();
  /** The sessions that could start a turn, in the order in which they became ready. */
  protected readonly line: Session[] = [];
  protected readonly pausedKeys: Set<string> = new Set();
  protected isPaused = false;
  protected readonly listeners: ((event: ToldEvent) => void)[] = [];
  #lastEpoch = 0;
  readonly #conditions = new Map<() => boolean, () => void>();

  constructor(options: QueueOptions, clock: FakeClock) {
    this.options = options;
    this.clock = clock;
  }

  protected isReady(session: Session): boolean {
    return session.waiting.length > 0 && session.turn === undefined && !this.pausedKeys.has(session.key);
  }

  /** Derives from a session's state whether it exists, and whether it stands in line for a slot. */
  protected review(session: Session): void {
    if (this.countPending(session) === 0 && this.sessions.get(session.key) === session) this.forget(session);
    const index = this.line.indexOf(session);
    if (this.isReady(session) && index === -1) this.joinLine(session);
    if (!this.isReady(session) && index !== -1) this.line.splice(index, 1);
    this.lookAtConditions();
  }

  protected joinLine(session: Session): void {
    this.line.push(session);
  }

  protected forget(session: Session): void {
    this.sessions.delete(session.key);
  }

  protected startSoon(): void {
    queueMicrotask(() => this.startReady());
  }

  protected startReady(): void {
    while (!this.isPaused && this.slotsTaken() < (this.options.concurrency ?? Infinity)) {
      const session = this.line[0];
      if (session === undefined) return;
      this.start(session);
    }
  }

  protected slotsTaken(): number {
    return [...this.sessions.values()].filter(({ turn }) => turn !== undefined && turn.awaited.size === 0).length;
  }

  protected start(session: Session): void {
    const entry = session.waiting.shift();
    if (entry === undefined) return;
    session.turn = entry;
    this.review(session);
    entry.epoch = this.nextEpoch();
    this.tell('started', entry);
    this.watchRunning(entry);
    this.run(entry).then(
      (value) => this.end(entry, { type: 'done', value }),
      (reason: unknown) => this.end(entry, { type: 'failed', reason }),
    );
  }

  protected nextEpoch(): number {
    this.#lastEpoch += 1;
    return this.#lastEpoch;
  }

  protected watchRunning(entry: Entry): void {
    clearAll(entry);
    const { signal, timeoutMs = this.options.timeoutMs } = entry.options;
    const onAbort = (): void => this.onSignal(entry);
    signal?.addEventListener('abort', onAbort);
    entry.undo.push(() => signal?.removeEventListener('abort', onAbort));
    setTimer(this.clock, entry, () => this.abort(entry, 'timeout'), timeoutMs);
    entry.progressedMs = this.clock.now();
    this.watchProgress(entry);
  }

  protected watchProgress(entry: Entry): void {
    const { idleTimeoutMs = Infinity } = this.options;
    const check = (): void => {
      if (entry.progressedMs + idleTimeoutMs > this.clock.now()) this.watchProgress(entry);
      else this.abort(entry, 'idle-timeout');
    };
    setTimer(this.clock, entry, check, entry.progressedMs + idleTimeoutMs - this.clock.now());
  }

  /** Runs the task. What this gives settles when the task has ended. */
  protected run(entry: Entry): Promise<unknown> {
    const turn = this.turnOf(entry);
    return entry.inContext(() => currentTurn.run(entry, async () => entry.task(turn)));
  }

  protected end(entry: Entry, end: End): void {
    clearAll(entry);
    entry.hasEnded = true;
    this.tell('ended', entry);
    this.freeLane(entry);
    this.settle(entry, end);
    this.review(entry.session);
    this.tellIfDrained();
    // Who waits is started in the same breath, so nobody else can come between.
    this.startReady();
  }

  protected freeLane(entry: Entry): void {
    if (entry.session.turn === entry) entry.session.turn = undefined;
  }

  protected settle(entry: Entry, end: End): void {
    if (entry.isTold) return;
    entry.isTold = true;
    this.stopAwaiting(entry);
    entry.settle(end);
    this.tell('settled', entry, end.type === 'done' ? undefined : end.code);
  }

  protected stopAwaiting(entry: Entry): void {
    for (const { turn } of this.sessions.values()) turn?.awaited.delete(entry);
  }

  protected drop(entry: Entry, code: QueueErrorCode): void {
    const { waiting } = entry.session;
    clearAll(entry);
    waiting.splice(waiting.indexOf(entry), 1);
    this.settle(entry, { type: 'dropped', reason: new QueueError(code, code), code });
    this.review(entry.session);
    this.tellIfDrained();
    this.startSoon();
  }

  protected abort(entry: Entry, code: QueueErrorCode): void {
    if (entry.isTold) return;
    const error = new QueueError(code, code);
    clearAll(entry);
    this.tell('aborted', entry, code);
    this.settle(entry, { type: 'failed', reason: error, code });
    setTimer(this.clock, entry, () => this.release(entry), this.options.graceMs);
    entry.controller.abort(error);
    this.startSoon();
  }

  protected release(entry: Entry): void {
    clearAll(entry);
    this.freeLane(entry);
    this.tell('released', entry);
    this.review(entry.session);
    this.tellIfDrained();
    this.startReady();
  }

  protected onSignal(entry: Entry): void {
    if (entry.session.turn === entry) this.abort(entry, 'aborted');
    else this.drop(entry, 'aborted');
  }

  protected countPending(session: Session): number {
    return session.waiting.length + (session.turn === undefined ? 0 : 1);
  }

  /** Resolves when something has happened after which the condition holds; at once if it does. */
  protected until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#conditions.set(condition, resolve);
    });
  }

  protected lookAtConditions(): void {
    for (const [condition, resolve] of this.#conditions) {
      if (!condition()) continue;
      this.#conditions.delete(condition);
      resolve();
    }
  }

  protected tell(type: ToldEvent['type'], entry?: Entry, code?: QueueErrorCode): void {
    const event = { type, ...(entry && { id: entry.id }), ...(code && { code }) };
    queueMicrotask(() => {
      for (const listener of this.listeners) listener(event);
    });
  }

  protected tellIfDrained(): void {
    if (this.sessions.size === 0) this.tell('drained');
  }

  protected turnOf({ session, id, epoch, controller, progress }: Entry): Turn {
    return { key: session.key, id, epoch, attempt: 1, signal: controller.signal, progress };
  }
}
