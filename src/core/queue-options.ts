/** What a caller may hand in, checked at the earliest moment. Names the option, the value and what was expected. */
import { EntryExtras } from './entry.ts';
import type { EntryOptions, QueueOptions } from './session-queue.ts';

/** The options of a queue with every default filled in. */
export type Limits = { readonly [Name in keyof QueueOptions]-?: number };

const queueRules: { readonly [Name in keyof Limits]: Rule } = {
  concurrency: 'count',
  timeoutMs: 'duration',
  idleTimeoutMs: 'duration',
  graceMs: 'delay',
  maxPending: 'count',
  maxPendingPerSession: 'count',
};

const entryRules: { readonly [Name in keyof EntryOptions]-?: Rule } = {
  signal: 'signal',
  timeoutMs: 'duration',
  ttlMs: 'duration',
  priority: 'seconds',
};

const expectations = {
  count: 'an integer >= 1, or Infinity',
  duration: 'milliseconds > 0, or Infinity',
  delay: 'milliseconds >= 0, or Infinity',
  seconds: 'a finite number of seconds',
  signal: 'an AbortSignal',
} as const;

type Rule = keyof typeof expectations;

/** @throws TypeError or RangeError */
export function readQueueOptions(options: QueueOptions = {}): Limits {
  check('createSessionQueue', options, queueRules);
  const none = Infinity;
  return {
    concurrency: options.concurrency ?? none,
    timeoutMs: options.timeoutMs ?? none,
    idleTimeoutMs: options.idleTimeoutMs ?? none,
    graceMs: options.graceMs ?? none,
    maxPending: options.maxPending ?? none,
    maxPendingPerSession: options.maxPendingPerSession ?? none,
  };
}

/** @throws TypeError or RangeError */
export function readEntryOptions(options: EntryOptions): EntryExtras {
  check('enqueue', options, entryRules);
  const extras = new EntryExtras();
  extras.signal = options.signal;
  extras.timeoutMs = options.timeoutMs;
  extras.ttlMs = options.ttlMs ?? Infinity;
  extras.priority = options.priority ?? 0;
  return extras;
}

/** @throws TypeError or RangeError */
export function readDrainMs(options: { readonly drainMs?: number | undefined } = {}): number {
  check('close', options, { drainMs: 'delay' });
  return options.drainMs ?? Infinity;
}

function check(part: string, options: unknown, rules: Readonly<Record<string, Rule>>): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`${part}: the options are ${show(options)}; expected an object.`);
  }
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) {
      throw new TypeError(`${part}: there is no option ${show(name)}; there are ${Object.keys(rules).join(', ')}.`);
    }
    if (value === undefined || fits(rule, value)) continue;
    const message = `${part}: ${name} is ${show(value)}; expected ${expectations[rule]}.`;
    throw typeof value === 'number' ? new RangeError(message) : new TypeError(message);
  }
}

function fits(rule: Rule, value: unknown): boolean {
  if (rule === 'signal') {
    return value instanceof AbortSignal;
  }
  if (typeof value !== 'number') return false;
  switch (rule) {
    case 'count':
      return value >= 1 && (Number.isInteger(value) || value === Infinity);
    case 'duration':
      return value > 0;
    case 'delay':
      return value >= 0;
    case 'seconds':
      return Number.isFinite(value);
    default:
      return rule satisfies never;
  }
}

/** A value for a message: quoted where it is text, by its kind where it is an object, cut where it is long. */
export function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : kindOrText(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

// The text of an object is what its own code makes of it: not to be run here, and it may fail.
function kindOrText(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? toKind.call(value) : String(value);
}

// oxlint-disable-next-line typescript/unbound-method -- it is called with the value
const toKind = Object.prototype.toString;
