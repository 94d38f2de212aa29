/** What makes this process one of those that run sessions: BullMQ's worker, the lanes, and what keeps both in step with Redis. */
import { Worker } from 'bullmq';
import type { Clock, Timer } from '../../core/clock.ts';
import type { UnstartedMessage } from '../../core/message-queue.ts';
import type { CloseReport } from '../../core/session-queue.ts';
import type { AnyDurableOptions } from '../options.ts';
import type { Payloads } from '../payload.ts';
import type { Activation, SessionJob } from './activation.ts';
import { Bulletin } from './bulletin.ts';
import type { Request } from './bulletin.ts';
import type { BullmqSettings } from './bullmq.ts';
import { Commits } from './commits.ts';
import { Leases } from './leases.ts';
import { LocalQueue } from './local-queue.ts';
import type { Server } from './server.ts';
import { Sweep } from './sweep.ts';
import type { Tickets } from './tickets.ts';

export interface HostParts {
  readonly server: Server;
  readonly payloads: Payloads;
  readonly tickets: Tickets;
  readonly activation: Activation;
}

/** What others ask of this process. */
export interface Asked {
  answer(request: Request): Promise<string>;
  noteDrained(): void;
}

/** Entries of one session that are in this process at once, where no policy has to see all of them. */
const window = 200;

export class Host {
  readonly local: LocalQueue;
  readonly leases: Leases;
  readonly commits: Commits;
  readonly sweep: Sweep;
  readonly #parts: HostParts;
  readonly #clock: Clock;
  readonly #worker: Worker<SessionJob> | undefined;
  #bulletin: Bulletin | undefined;
  #watch: Timer | undefined;
  readonly #lockMs: number;
  readonly #answerMs: number;
  #isClosed = false;

  constructor(options: AnyDurableOptions, settings: BullmqSettings, clock: Clock, parts: HostParts) {
    const { server, payloads, tickets, activation } = parts;
    this.#parts = parts;
    this.#clock = clock;
    this.#answerMs = settings.answerMs;
    // A dead process is noticed by the first check after its lock has ended.
    this.#lockMs = Math.floor(settings.takeoverMs * 0.7);
    this.commits = new Commits(server, payloads, clock, {
      backoff: options.backoff ?? {},
      rememberMs: options.rememberMs ?? 300_000,
      blocks: options.onFailure === 'block',
    });
    this.local = new LocalQueue(options, this.commits, tickets, clock);
    this.leases = new Leases(server, this.local, this.commits, activation, clock, {
      quantum: settings.quantum,
      window: options.policy === undefined ? window : Number.MAX_SAFE_INTEGER,
      lockMs: this.#lockMs,
    });
    this.sweep = new Sweep(server, activation, clock);
    this.sweep.onSwept = (paused) => this.#onSwept(paused);
    this.sweep.within(Math.random() * 1000);
    if (settings.sessions > 0) this.#worker = this.#work(settings);
    this.#watchLocks();
  }

  get bulletin(): Bulletin | undefined {
    return this.#bulletin;
  }

  listen(asked: Asked): void {
    const { server, tickets } = this.#parts;
    this.#bulletin = new Bulletin(server, {
      arrived: (key, entry, before) => this.leases.arrived(key, entry, before),
      ended: (key, id, ending) => tickets.settleStored(key, id, ending),
      paused: (isPaused, key) => this.hold(isPaused, key),
      drained: () => asked.noteDrained(),
      asked: (request) => asked.answer(request),
      returned: () => void Promise.all([tickets.ask(), this.leases.readAgain()]),
    });
  }

  /** Holds a session, or all, as it was asked of any process; or lets it go on. */
  hold(isPaused: boolean, key: string | undefined): void {
    if (isPaused) this.local.pause(key);
    else this.local.resume(key);
    for (const lease of this.leases.all()) if (key === undefined || lease.key === key) this.leases.touch(lease.key);
  }

  async close(drainMs: number): Promise<CloseReport<UnstartedMessage<unknown>>> {
    const untilMs = this.#clock.now() + drainMs;
    await this.#parts.tickets.whenNothingCanGoOn(untilMs);
    this.#isClosed = true;
    void this.#worker?.pause(true).catch(() => undefined);
    this.leases.drain();
    const report = await this.local.close({ drainMs: Math.max(untilMs - this.#clock.now(), 0) });
    await this.leases.close();
    this.sweep.close();
    this.#watch?.clear();
    this.local.holds.clear();
    await this.#closeWorker(report.stuck.length > 0);
    return report;
  }

  // A worker that can't reach Redis would wait until it can.
  async #closeWorker(hasStuck: boolean): Promise<void> {
    if (this.#worker === undefined) return;
    let timer: Timer | undefined;
    const late = new Promise<void>((resolve) => {
      timer = this.#clock.setTimer(resolve, this.#answerMs);
    });
    await Promise.race([this.#worker.close(hasStuck).catch(() => undefined), late]);
    timer?.clear();
  }

  #work({ prefix, sessions, takeoverMs, onError, telemetry }: BullmqSettings): Worker<SessionJob> {
    const { server } = this.#parts;
    const worker = new Worker<SessionJob>(
      server.queueName,
      ({ data, id = '', token = '' }) => this.leases.serve(data.key, id, token),
      {
        connection: server.connections.worker,
        prefix,
        concurrency: sessions,
        lockDuration: this.#lockMs,
        lockRenewTime: Math.floor(this.#lockMs / 2),
        stalledInterval: Math.floor(takeoverMs * 0.25),
        maxStalledCount: Number.MAX_SAFE_INTEGER,
        drainDelay: 1,
        runRetryDelay: 250,
        autorun: false,
        ...telemetry,
      },
    );
    worker.on('error', onError);
    worker.on('lockRenewalFailed', (jobs) => this.leases.loseJobs(jobs));
    worker.on('locksRenewed', ({ jobIds }) => this.leases.noteLocked(jobIds));
    server.whenUsable().then(
      () => worker.run().catch(onError),
      // Everything that is asked of the queue says why.
      () => undefined,
    );
    return worker;
  }

  #watchLocks(): void {
    this.#watch = this.#clock.setTimer(() => {
      this.leases.loseUnlocked();
      this.#watchLocks();
    }, this.#lockMs / 10);
  }

  #onSwept(paused: readonly string[]): void {
    if (this.#isClosed) return;
    const { lanes } = this.local;
    const keys = new Set(paused.filter((text) => text !== '*').map((text) => String(JSON.parse(text))));
    if (lanes.isPaused !== paused.includes('*')) this.hold(!lanes.isPaused, undefined);
    for (const key of lanes.pausedKeys) if (!keys.has(key)) this.hold(false, key);
    for (const key of keys) if (!lanes.pausedKeys.has(key)) this.hold(true, key);
    void this.#parts.server.connections.check();
    void this.leases.readAgain();
  }
}
