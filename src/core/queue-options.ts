/** What a caller may hand in, checked at the earliest moment. Names the option, the value and what was expected. */
import { EntryExtras } from './entry.ts';
import type { MessageOptions, MessageQueueOptions } from './message-queue.ts';
import type { Policy } from './policy.ts';
import type { EntryOptions, QueueOptions } from './session-queue.ts';

/** The options of a queue with every default filled in. */
export type Limits = { readonly [Name in Exclude<keyof QueueOptions, 'policy'>]-?: number };

type RulesFor<Options> = { readonly [Name in keyof Options]-?: Rule };

const queueRules: RulesFor<QueueOptions> = {
  policy: 'function',
  concurrency: 'count',
  timeoutMs: 'duration',
  idleTimeoutMs: 'duration',
  graceMs: 'delay',
  maxPending: 'count',
  maxPendingPerSession: 'count',
};

export const messageQueueRules: RulesFor<MessageQueueOptions<never, never>> = {
  ...queueRules,
  run: 'function',
  rememberMs: 'delay',
  rememberMax: 'count',
  onDrop: 'function',
};

const entryRules: RulesFor<EntryOptions> = {
  signal: 'signal',
  timeoutMs: 'duration',
  ttlMs: 'duration',
  priority: 'seconds',
};

export const messageRules: RulesFor<MessageOptions> = { ...entryRules, id: 'text' };

const expectations = {
  count: 'an integer >= 1, or Infinity',
  duration: 'milliseconds > 0, or Infinity',
  delay: 'milliseconds >= 0, or Infinity',
  seconds: 'a finite number of seconds',
  signal: 'an AbortSignal',
  function: 'a function',
  text: 'a string',
  object: 'an object',
} as const;

export type Rule = keyof typeof expectations;

/** @throws TypeError or RangeError */
export function readQueueOptions(options: QueueOptions): Limits {
  check('createSessionQueue', options, queueRules);
  // The types forbid it, to those who have types.
  const policy: (Policy & { readonly needsMessages?: unknown }) | undefined = options.policy;
  if (policy?.needsMessages === true) {
    throw new TypeError(
      `createSessionQueue: the policy ${policy.name} needs messages, and a queue without a run has tasks. ` +
        'Give the queue a run that handles messages, or another policy.',
    );
  }
  return readLimits(options);
}

/** @throws TypeError or RangeError */
export function readMessageQueueOptions(options: MessageQueueOptions<never, unknown>): Limits {
  check('createSessionQueue', options, messageQueueRules);
  return readLimits(options);
}

/** @throws TypeError or RangeError */
export function readEntryOptions(options: EntryOptions): EntryExtras {
  check('enqueue', options, entryRules);
  return readExtras(options);
}

/** @throws TypeError or RangeError */
export function readMessageOptions(options: MessageOptions): EntryExtras {
  check('enqueue', options, messageRules);
  return readExtras(options);
}

/** @throws TypeError or RangeError */
export function readDrainMs(options: { readonly drainMs?: number | undefined } = {}): number {
  check('close', options, { drainMs: 'delay' });
  return options.drainMs ?? Infinity;
}

/** @throws TypeError */
export function checkKey(sessionKey: unknown): void {
  if (typeof sessionKey !== 'string') {
    throw new TypeError(`enqueue: the session key is ${show(sessionKey)}; expected a string.`);
  }
}

/** @throws RangeError or TypeError */
export function checkDuration(part: string, name: string, value: unknown): void {
  if (value === undefined) throw new TypeError(`${part}: ${name} is missing; expected ${expectations.duration}.`);
  check(part, { [name]: value }, { [name]: 'duration' });
}

/** The limits among options that were checked. */
export function readLimits(options: Omit<QueueOptions, 'policy'>): Limits {
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

/** What an entry needs of options that were checked. */
export function readExtras(options: EntryOptions): EntryExtras {
  const extras = new EntryExtras();
  extras.signal = options.signal;
  extras.timeoutMs = options.timeoutMs;
  extras.ttlMs = options.ttlMs ?? Infinity;
  extras.priority = options.priority ?? 0;
  return extras;
}

/** @throws TypeError or RangeError that names the part, the option and what was expected */
export function check(part: string, options: unknown, rules: Readonly<Record<string, Rule>>): void {
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
  if (rule === 'function' || rule === 'text') {
    return typeof value === (rule === 'text' ? 'string' : 'function');
  }
  if (rule === 'object') return typeof value === 'object' && value !== null;
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
