/** The options that only a queue with a store has, checked at the earliest moment. */
import { EntryExtras } from '../core/entry.ts';
import { check, messageQueueRules, messageRules, readExtras, readLimits, show } from '../core/queue-options.ts';
import type { Limits, Rule } from '../core/queue-options.ts';
import type { Backoff, DurableMessageOptions, DurableQueueOptions } from '../core/store.ts';
import type { StoredOptions } from './journal.ts';

export type AnyDurableOptions = DurableQueueOptions<never, unknown>;

const queueRules: { readonly [Name in keyof AnyDurableOptions]-?: Rule } = {
  ...messageQueueRules,
  store: 'object',
  attempts: 'count',
  backoff: 'object',
  onFailure: 'text',
  schema: 'object',
  codec: 'object',
  maxBytes: 'count',
};

const backoffRules: { readonly [Name in keyof Backoff]-?: Rule } = {
  firstMs: 'delay',
  factor: 'duration',
  maxMs: 'delay',
};

const entryRules: { readonly [Name in keyof DurableMessageOptions]-?: Rule } = {
  ...messageRules,
  delayMs: 'delay',
  at: 'object',
  attempts: 'count',
};

/** @throws TypeError or RangeError */
export function readDurableQueueOptions(options: AnyDurableOptions): Limits {
  const part = 'createSessionQueue';
  // Below: a schema may be a function, as arktype's are.
  check(part, { ...options, schema: undefined, onFailure: undefined }, queueRules);
  const { run, backoff = {}, onFailure, schema, codec } = options;
  if ((run as unknown) === undefined) {
    throw new TypeError(`${part}: there is a store and no run; expected a function that handles messages.`);
  }
  check(`${part}: backoff`, backoff, backoffRules);
  const { firstMs = 0, factor = 1 } = backoff;
  if (firstMs === Infinity) {
    throw new RangeError(`${part}: backoff: firstMs is Infinity; expected milliseconds >= 0, and finite.`);
  }
  if (factor < 1 || factor === Infinity) {
    throw new RangeError(`${part}: backoff: factor is ${factor}; expected a number >= 1, and finite.`);
  }
  if (!['continue', 'block', undefined].includes(onFailure)) {
    throw new TypeError(`${part}: onFailure is ${show(onFailure)}; expected 'continue' or 'block'.`);
  }
  if (codec !== undefined && (typeof codec.encode !== 'function' || typeof codec.decode !== 'function')) {
    throw new TypeError(`${part}: the codec has no encode or no decode; expected functions.`);
  }
  if (schema !== undefined && !isSchema(schema)) {
    throw new TypeError(`${part}: the schema has no '~standard'.validate; expected a Standard Schema.`);
  }
  return readLimits(options);
}

// It may come from plain JavaScript.
function isSchema(schema: unknown): boolean {
  if (schema === null || (typeof schema !== 'object' && typeof schema !== 'function')) return false;
  const standard: unknown = Reflect.get(schema, '~standard');
  return typeof standard === 'object' && standard !== null && typeof Reflect.get(standard, 'validate') === 'function';
}

export interface ReadMessageOptions {
  readonly extras: EntryExtras | undefined;
  readonly id: string | undefined;
  readonly delayMs: number;
  readonly attempts: number | undefined;
}

/** @throws TypeError or RangeError */
export function readDurableMessageOptions(
  options: DurableMessageOptions | undefined,
  wallMs: number,
): ReadMessageOptions {
  if (options === undefined) return { extras: undefined, id: undefined, delayMs: 0, attempts: undefined };
  // Not yet known to be an object.
  const at: unknown = typeof options === 'object' && (options as unknown) !== null ? options.at : undefined;
  if (at !== undefined && (!(at instanceof Date) || Number.isNaN(at.getTime()))) {
    const what = at instanceof Date ? 'no time' : show(at);
    throw new TypeError(`enqueue: at is ${what}; expected a Date that is a time.`);
  }
  check('enqueue', options, entryRules);
  const { id, delayMs, attempts } = options;
  if (id?.startsWith('#') === true) {
    throw new TypeError(`enqueue: the id is ${show(id)}; ids that begin with # are those that the queue gives.`);
  }
  if (at !== undefined && delayMs !== undefined) {
    throw new TypeError('enqueue: there is a delayMs and an at; give one of them.');
  }
  if (delayMs === Infinity) throw new RangeError('enqueue: delayMs is Infinity; expected milliseconds >= 0.');
  return {
    extras: readExtras(options),
    id,
    delayMs: delayMs ?? (at instanceof Date ? Math.max(at.getTime() - wallMs, 0) : 0),
    attempts,
  };
}

/** What of an entry's options outlives the process; its signal can't. */
export function storedOptions({ extras, attempts }: ReadMessageOptions): StoredOptions {
  const { priority = 0, ttlMs = Infinity, timeoutMs } = extras ?? {};
  return {
    ...(priority !== 0 && { priority }),
    ...(ttlMs !== Infinity && { ttlMs }),
    ...(timeoutMs !== undefined && { timeoutMs: Math.min(timeoutMs, unlimited) }),
    ...(attempts !== undefined && { attempts: Math.min(attempts, unlimited) }),
  };
}

// Infinity, as JSON can keep it: an entry's own limit goes before the queue's, also when it is none.
const unlimited = Number.MAX_SAFE_INTEGER;

/** @param ageMs how long it has waited */
export function readStoredOptions(
  { priority = 0, ttlMs, timeoutMs }: StoredOptions,
  ageMs: number,
): EntryExtras | undefined {
  if (priority === 0 && ttlMs === undefined && timeoutMs === undefined) return undefined;
  const extras = new EntryExtras();
  extras.priority = priority;
  extras.timeoutMs = timeoutMs === unlimited ? Infinity : timeoutMs;
  if (ttlMs !== undefined) extras.ttlMs = Math.max(ttlMs - ageMs, 0);
  return extras;
}
