/**
 * The sessions that this process has. BullMQ's worker gives it the job of a session; the job lasts until the session is idle, or
 * until it had its share while others wait. What a session does next is derived from its state, in `#look`.
 */
import type { Clock } from '../../core/clock.ts';
import type { Session } from '../../core/session.ts';
import type { Activation } from './activation.ts';
import type { Commits } from './commits.ts';
import { Lease } from './lease.ts';
import type { LocalQueue } from './local-queue.ts';
import * as lua from './lua-leases.ts';
import { asList, readEntries, readText } from './records.ts';
import type { ReadEntry } from './records.ts';
import type { Server } from './server.ts';

export interface LeaseSettings {
  readonly quantum: number;
  /** Entries of one session that are here at once, where no policy has to see all of them. */
  readonly window: number;
  /** How long BullMQ's lock lasts. */
  readonly lockMs: number;
}

const tryAgainMs = 250;

export class Leases {
  readonly #server: Server;
  readonly #local: LocalQueue;
  readonly #commits: Commits;
  readonly #activation: Activation;
  readonly #clock: Clock;
  readonly #settings: LeaseSettings;
  readonly #leases: Map<string, Lease> = new Map();
  readonly #touched: Set<string> = new Set();
  #isDraining = false;
  #isClosing = false;

  constructor(
    server: Server,
    local: LocalQueue,
    commits: Commits,
    activation: Activation,
    clock: Clock,
    settings: LeaseSettings,
  ) {
    this.#server = server;
    this.#local = local;
    this.#commits = commits;
    this.#activation = activation;
    this.#clock = clock;
    this.#settings = settings;
    local.onTouched = (key) => this.touch(key);
    commits.onLost = (lease) => this.lose(lease);
    commits.onCommitted = (lease, waitingJobs) => this.#share(lease, waitingJobs);
    commits.isLast = (lease) => this.#isLast(lease);
  }

  find(key: string): Lease | undefined {
    return this.#leases.get(key);
  }

  all(): readonly Lease[] {
    return [...this.#leases.values()];
  }

  /** Has the session of a job, for as long as it takes. */
  async serve(keyText: string, job: string, token: string): Promise<void> {
    const key = readText(keyText);
    const { process } = this.#server;
    const askedMs = this.#clock.now();
    const answer = asList(await this.#server.run(lua.lease, [keyText, process, job, token, this.#settings.window]));
    if (answer[0] !== 'leased') return;
    const lease = new Lease(key, keyText, job, token, askedMs, Number(answer[1]));
    const old = this.#leases.get(key);
    // This process was given the session once more, because it had lost it without noticing.
    if (old !== undefined) this.lose(old);
    this.#leases.set(key, lease);
    this.#local.engine.countOn(Number(answer[1]));
    this.#local.letRun(key);
    this.#takeIn(lease, answer.slice(2));
    this.touch(key);
    await lease.ended;
  }

  /** An entry of a session has arrived at Redis. */
  arrived(key: string, read: ReadEntry, before: number | undefined): void {
    const lease = this.#leases.get(key);
    if (lease === undefined || lease.state !== 'held' || lease.isReleased || this.#isDraining) return;
    if (read.place < lease.horizon && lease.isNews(read)) {
      // Without the one before it, it would run too soon.
      if (before !== undefined && !lease.knows(before)) void this.#read(lease, '-inf');
      else this.#local.take(lease, read, this.#server.serverMs(), true);
    }
    this.touch(key);
  }

  /** Another process has it, or may have it any moment. */
  lose(lease: Lease): void {
    if (lease.state === 'over') return;
    this.#end(lease, () => this.#local.lose(lease.key));
  }

  /** BullMQ could not keep the locks of these jobs. */
  loseJobs(jobs: readonly string[]): void {
    for (const lease of this.all()) if (jobs.includes(lease.job)) this.lose(lease);
  }

  noteLocked(jobs: readonly string[]): void {
    const nowMs = this.#clock.now();
    for (const lease of this.all()) if (jobs.includes(lease.job)) lease.lockedMs = nowMs;
  }

  /** Whoever could not keep a lock for so long has lost it, though nobody could say so. */
  loseUnlocked(): void {
    const nowMs = this.#clock.now();
    for (const lease of this.all()) if (nowMs - lease.lockedMs > this.#settings.lockMs) this.lose(lease);
  }

  /** Reads the lines anew, in case a message was lost. */
  async readAgain(): Promise<void> {
    await Promise.all(this.all().map((lease) => this.#read(lease, '-inf')));
  }

  /** Takes in nothing more; what is here may run. */
  drain(): void {
    this.#isDraining = true;
  }

  /** Starts no further turn; resolves when all sessions were let go, but those whose turn does not end: their locks run out. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const lease of this.all()) {
      await this.#commits.written(lease);
      if (this.#local.lanes.sessions.get(lease.key)?.turn !== undefined) this.#end(lease, () => undefined);
      else this.touch(lease.key);
    }
    await Promise.all(this.all().map(({ ended }) => ended));
  }

  /** Something has happened to the session: soon it is derived what it does next. */
  touch(key: string): void {
    if (this.#touched.size === 0) {
      queueMicrotask(() => {
        const keys = [...this.#touched];
        this.#touched.clear();
        for (const each of keys) this.#look(each);
      });
    }
    this.#touched.add(key);
  }

  #look(key: string): void {
    const lease = this.#leases.get(key);
    if (lease === undefined || lease.state === 'over') return;
    const { lanes } = this.#local;
    const session = lanes.sessions.get(key);
    if (session === undefined) {
      if (lease.isReleased) this.#finish(lease);
      else void this.#release(lease, this.#isClosing ? 'yield' : 'empty');
      return;
    }
    if (lease.state === 'held' && this.#isToYield(key)) lease.state = 'yielding';
    if (lease.state === 'yielding') this.#yield(lease, session);
    else if (lease.horizon !== Infinity && session.waiting < this.#settings.window / 2) {
      void this.#read(lease, `(${lease.horizon}`);
    }
  }

  #isToYield(key: string): boolean {
    const { lanes, holds } = this.#local;
    return this.#isClosing || lanes.isPaused || lanes.pausedKeys.has(key) || holds.isBlocked(key);
  }

  #yield(lease: Lease, session: Session): void {
    const { lanes } = this.#local;
    // No further turn; one that was about to start goes back into the line by itself.
    lanes.heldKeys.add(lease.key);
    if (session.turn !== undefined) {
      if (session.turn.state === 'granted') this.#clock.nextPass(() => this.touch(lease.key));
      return;
    }
    this.#local.forgetWaiting(session);
    void this.#release(lease, 'yield');
  }

  async #release(lease: Lease, how: 'empty' | 'yield'): Promise<void> {
    if (lease.isReleasing) return;
    lease.isReleasing = true;
    await this.#commits.written(lease);
    const { keyText, job, token } = lease;
    let answer: readonly unknown[] | undefined;
    while (answer === undefined && lease.state !== 'over') {
      try {
        answer = asList(await this.#server.run(lua.release, [keyText, job, token, this.#settings.window, how]));
        if (answer[0] === 'released' && answer[1] === 1) await this.#activation.activate([keyText]);
      } catch {
        if (answer !== undefined) break;
        await new Promise<void>((resolve) => this.#clock.setTimer(resolve, tryAgainMs));
      }
    }
    lease.isReleasing = false;
    if (answer === undefined || lease.state === 'over') return;
    if (answer[0] === 'fenced') this.lose(lease);
    else if (answer[0] === 'released') this.#finish(lease);
    else this.#takeIn(lease, answer.slice(1));
  }

  async #read(lease: Lease, after: string): Promise<void> {
    if (lease.isReleasing || lease.state !== 'held' || this.#isDraining) return;
    if (lease.isReading) {
      lease.mustReadAgain ||= after === '-inf';
      return;
    }
    lease.isReading = true;
    const { keyText, job, token } = lease;
    try {
      const answer = asList(await this.#server.run(lua.read, [keyText, job, token, after, this.#settings.window]));
      if (answer[0] === 'fenced') this.lose(lease);
      else if (isHeld(lease)) this.#takeIn(lease, answer.slice(1));
    } catch {
      // It is read again when something happens, or by the sweep.
    } finally {
      lease.isReading = false;
    }
    if (lease.mustReadAgain) {
      lease.mustReadAgain = false;
      await this.#read(lease, '-inf');
    }
  }

  /** @param answer the server's time, how many wait in all, and the entries */
  #takeIn(lease: Lease, [serverMs, , flat]: readonly unknown[]): void {
    const entries = readEntries(flat);
    this.#server.noteServerMs(Number(serverMs));
    for (const read of entries) this.#local.take(lease, read, Number(serverMs), false);
    const last = entries.at(-1);
    // As many as were asked for: there may be more.
    if (last === undefined || entries.length < this.#settings.window) lease.horizon = Infinity;
    else lease.horizon = Math.max(lease.horizon, last.place);
    this.touch(lease.key);
  }

  #share(lease: Lease, waitingJobs: number): void {
    if (lease.state === 'held' && !this.#isDraining && waitingJobs > 0 && lease.turns >= this.#settings.quantum) {
      // At the last moment before its next turn starts.
      lease.state = 'yielding';
      this.#local.lanes.heldKeys.add(lease.key);
    }
    this.touch(lease.key);
  }

  #isLast(lease: Lease): boolean {
    const session = this.#local.lanes.sessions.get(lease.key);
    if (lease.state !== 'held' || lease.horizon !== Infinity) return false;
    if (session === undefined) return true;
    return session.waiting === 0 && session.turn?.state === 'committing';
  }

  #finish(lease: Lease): void {
    this.#end(lease, () => this.#local.letRun(lease.key));
  }

  #end(lease: Lease, act: () => void): void {
    lease.state = 'over';
    if (this.#leases.get(lease.key) === lease) this.#leases.delete(lease.key);
    act();
    this.#commits.giveUp(lease);
    lease.entries.clear();
    lease.end();
  }
}

// It may have changed while something was awaited.
function isHeld({ state }: Lease): boolean {
  return state === 'held';
}
