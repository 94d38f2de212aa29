/**
 * The connections to Redis, each with time limits, so that one that is half open hangs nobody: one for commands, one that listens,
 * one for BullMQ's worker, which makes itself another one to wait with.
 */
import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';

/** A URL, ioredis options, or a client of ioredis. */
export type ConnectionSource = string | RedisOptions | Redis;

/** A command failed. Nothing of it was done, unless `isCertain` is false: then nobody knows. */
export class NotDone extends Error {
  readonly isCertain: boolean;

  constructor(message: string, isCertain: boolean, options?: ErrorOptions) {
    super(message, options);
    this.isCertain = isCertain;
  }

  static {
    this.prototype.name = 'NotDone';
  }
}

export class Connections {
  readonly commands: Redis;
  readonly listener: Redis;
  readonly worker: Redis;
  readonly #answerMs: number;
  isClosed = false;
  #ready: Promise<boolean> | undefined;
  readonly #copies: Redis[] = [];
  readonly #hashes: Map<string, string> = new Map();

  constructor(source: ConnectionSource, answerMs: number, onError: (error: Error) => void) {
    this.#answerMs = answerMs;
    const limits: Limits = {
      commandTimeout: answerMs,
      socketTimeout: answerMs,
      connectTimeout: answerMs,
      keepAlive: answerMs,
      retryStrategy: (times) => Math.min(times * 50, 1000),
      lazyConnect: false,
    };
    // What can't be sent now is told at once, instead of being sent when nobody waits any more.
    this.commands = connect(source, { ...limits, enableOfflineQueue: false, maxRetriesPerRequest: 0 });
    this.listener = connect(source, { ...limits, maxRetriesPerRequest: 0, autoResubscribe: true });
    // It waits for jobs for as long as a second.
    const longestMs = answerMs + longestWaitMs;
    const waitLimits = { commandTimeout: longestMs, socketTimeout: longestMs, maxRetriesPerRequest: null };
    this.worker = connect(source, { ...limits, ...waitLimits });
    for (const connection of [this.commands, this.listener, this.worker]) connection.on('error', onError);
    this.#noteCopies();
  }

  /** Runs a script, as soon as there is a connection. @throws NotDone */
  async run(script: string, base: string, args: readonly (string | number)[]): Promise<unknown> {
    await this.#connected();
    const hash = this.#hashOf(script);
    try {
      return await this.commands.evalsha(hash, 1, base, ...args).catch((error: unknown) => {
        if (!isReply(error, /^NOSCRIPT/)) throw error;
        return this.commands.eval(script, 1, base, ...args);
      });
    } catch (error) {
      throw this.#fault(error);
    }
  }

  /** What Redis does when its memory is full; `unknown` when it doesn't say. @throws NotDone */
  async evictionPolicy(): Promise<string> {
    await this.#connected();
    try {
      // Managed services forbid CONFIG, and some leave it out of INFO.
      const found: unknown = await this.commands.config('GET', 'maxmemory-policy').catch((error: unknown) => {
        if (error instanceof Error && error.name === 'ReplyError') return [];
        throw error;
      });
      if (Array.isArray(found) && typeof found[1] === 'string') return found[1];
      return /maxmemory_policy:(\S+)/.exec(await this.commands.info('memory'))?.[1] ?? 'unknown';
    } catch (error) {
      throw this.#fault(error);
    }
  }

  /** Whether the listener still hears. */
  async check(): Promise<void> {
    await this.listener.ping().catch(() => this.listener.disconnect(true));
  }

  close(): void {
    this.isClosed = true;
    for (const connection of [this.commands, this.listener, this.worker, ...this.#copies]) connection.disconnect();
  }

  // BullMQ copies the worker's connection to wait with, and where Redis can't be reached it doesn't come to ending it.
  #noteCopies(): void {
    const { worker } = this;
    const duplicate = worker.duplicate.bind(worker);
    worker.duplicate = (options) => {
      const copy = duplicate(options);
      this.#copies.push(copy);
      return copy;
    };
  }

  async #connected(): Promise<void> {
    const { commands } = this;
    if (commands.status === 'ready') return;
    if (this.isClosed) throw new NotDone('the connection to Redis is closed', true);
    // One wait for all: a listener for each command would be too many.
    this.#ready ??= this.#whenReady();
    const isReady = await this.#ready;
    if (!isReady) throw new NotDone(`Redis could not be reached within ${this.#answerMs} ms`, true);
  }

  #whenReady(): Promise<boolean> {
    const { commands } = this;
    return new Promise<boolean>((resolve) => {
      const onReady = (): void => settle(true);
      const timer = setTimeout(() => settle(false), this.#answerMs);
      const settle = (is: boolean): void => {
        clearTimeout(timer);
        commands.off('ready', onReady);
        this.#ready = undefined;
        resolve(is);
      };
      commands.once('ready', onReady);
    });
  }

  #hashOf(script: string): string {
    let hash = this.#hashes.get(script);
    if (hash === undefined) {
      hash = createHash('sha1').update(script).digest('hex');
      this.#hashes.set(script, hash);
    }
    return hash;
  }

  #fault(error: unknown): NotDone {
    const message = error instanceof Error ? error.message : String(error);
    return new NotDone(message, isReply(error, refusals) || /isn't writeable/.test(message), { cause: error });
  }
}

/** The longest that BullMQ has Redis wait for a job where none is delayed, and some more. */
const longestWaitMs = 2000;

// With these Redis does nothing of a script.
const refusals =
  /^(OOM|READONLY|LOADING|MASTERDOWN|NOAUTH|NOPERM|CLUSTERDOWN|MISCONF|NOREPLICAS|BUSY|WRONGPASS|MOVED|NOSCRIPT)\b/;

function isReply(error: unknown, pattern: RegExp): boolean {
  return error instanceof Error && error.name === 'ReplyError' && pattern.test(error.message);
}

function connect(source: ConnectionSource, limits: Limits): Redis {
  if (source instanceof Redis) return source.duplicate(limits);
  if (typeof source === 'string') return new Redis(source, limits);
  const { replyMapping: _, ...given } = source;
  return new Redis({ ...given, ...limits });
}

// Answers are read as they come by default.
type Limits = Omit<RedisOptions, 'replyMapping'>;
