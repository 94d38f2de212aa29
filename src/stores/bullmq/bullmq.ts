/** The store for many machines: Redis or Valkey, with BullMQ to find a worker for each session and to notice a dead one. */
import type { Telemetry } from 'bullmq';
import { check, show } from '../../core/queue-options.ts';
import type { Rule } from '../../core/queue-options.ts';
import type { DistributedStore } from '../../core/store.ts';
import { BullmqQueue } from './bullmq-queue.ts';
import type { ConnectionSource } from './connections.ts';

export interface BullmqOptions {
  /** Where Redis is: a URL, ioredis options, or an ioredis client, which is copied. Every queue opens four connections. */
  readonly connection: ConnectionSource;
  /** Names the BullMQ queue; processes with the same name share their sessions. Default `sessions`, shown by BullMQ as `{sessions}`. */
  readonly name?: string | undefined;
  /** BullMQ's own prefix of its keys: default `bull`. */
  readonly prefix?: string | undefined;
  /** Sessions that this process has at once, an integer >= 0, default 100. With 0 it only enqueues. */
  readonly sessions?: number | undefined;
  /** Turns that a session runs, while others wait for a process, before it goes to the back: an integer >= 1, default 10. */
  readonly quantum?: number | undefined;
  /** After how long at most another process takes over the sessions of one that has died, in ms: >= 1,000, default 10,000. */
  readonly takeoverMs?: number | undefined;
  /** How long Redis may take to answer, in ms: > 0, default 5,000. Then the connection is made anew. */
  readonly answerMs?: number | undefined;
  /**
   * Told of what goes wrong beside the calls: connections that fail, and a Redis that does not say whether it evicts keys. The
   * queue goes on by itself.
   */
  readonly onError?: ((error: Error) => void) | undefined;
  /** BullMQ's own telemetry, such as `new BullMQOtel(…)` of bullmq-otel: spans of the jobs that give sessions to processes. */
  readonly telemetry?: Telemetry | undefined;
}

/** The options with every default filled in. */
export type BullmqSettings = {
  readonly [Name in Exclude<keyof BullmqOptions, 'telemetry'>]-?: Exclude<BullmqOptions[Name], undefined>;
} & {
  /** As BullMQ's own classes take it. */
  readonly telemetry: { readonly telemetry?: Telemetry };
};

const rules: { readonly [Name in keyof BullmqOptions]-?: Rule } = {
  connection: 'object',
  name: 'text',
  prefix: 'text',
  sessions: 'delay',
  quantum: 'count',
  takeoverMs: 'duration',
  answerMs: 'duration',
  onError: 'function',
  telemetry: 'object',
};

/**
 * Keeps entries in Redis, or Valkey. The sessions of one `name` are shared by all processes that have a queue of it: each session
 * is in one of them at a time, in the order in which its entries arrived at Redis, and goes to another one when that process dies.
 *
 * Needs the packages bullmq and ioredis, and a Redis whose `maxmemory-policy` is `noeviction`; any other evicts entries, and is
 * refused: everything that is asked of the queue then rejects and says so. What Redis loses is lost: use `appendonly yes`.
 *
 * @throws TypeError or RangeError when an option is not what {@link BullmqOptions} says.
 */
export function bullmq(options: BullmqOptions): DistributedStore {
  const connection = readConnection(options);
  check('bullmq', { ...options, connection: undefined }, rules);
  const settings: BullmqSettings = {
    connection,
    name: options.name ?? 'sessions',
    prefix: options.prefix ?? 'bull',
    sessions: options.sessions ?? 100,
    quantum: options.quantum ?? 10,
    takeoverMs: options.takeoverMs ?? 10_000,
    answerMs: options.answerMs ?? 5000,
    onError: options.onError ?? (() => undefined),
    telemetry: options.telemetry === undefined ? {} : { telemetry: options.telemetry },
  };
  if (!Number.isInteger(settings.sessions)) {
    throw new RangeError(`bullmq: sessions is ${settings.sessions}; expected an integer >= 0.`);
  }
  if (settings.takeoverMs < 1000) {
    throw new RangeError(`bullmq: takeoverMs is ${settings.takeoverMs}; expected milliseconds >= 1000.`);
  }
  if (settings.name === '' || settings.name.includes(':')) {
    throw new TypeError(`bullmq: name is ${JSON.stringify(settings.name)}; expected text without a colon.`);
  }
  return {
    name: `bullmq(${JSON.stringify(settings.name)})`,
    isDistributed: true,
    makeQueue: (queueOptions, clock) => new BullmqQueue(queueOptions, settings, clock),
  };
}

function readConnection(options: unknown): ConnectionSource {
  const connection: unknown = Reflect.get(Object(options), 'connection');
  if (typeof connection !== 'string' && (typeof connection !== 'object' || connection === null)) {
    throw new TypeError(
      `bullmq: connection is ${show(connection)}; expected a URL such as 'redis://localhost', or ioredis options.`,
    );
  }
  // ioredis says what is wrong with its options.
  return connection;
}
