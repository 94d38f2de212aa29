/** How messages and results become text, and what is refused because it would come back as something else. */
import { quoteKey } from '../core/queue-error.ts';
import { show } from '../core/queue-options.ts';
import type { Codec, MessageSchema } from '../core/store.ts';

export class Payloads {
  readonly #codec: Codec;
  readonly #schema: MessageSchema | undefined;
  readonly #maxBytes: number;

  constructor(codec: Codec | undefined, schema: MessageSchema | undefined, maxBytes = 16_777_216) {
    this.#codec = codec ?? json;
    this.#schema = schema;
    this.#maxBytes = maxBytes;
  }

  /** @throws TypeError or RangeError that names the session and what is wrong */
  encodeMessage(sessionKey: string, message: unknown): string {
    try {
      this.#validate(message);
      return this.#encode('the message', message);
    } catch (error) {
      if (error instanceof Error) error.message = `enqueue: session ${quoteKey(sessionKey)}: ${error.message}`;
      throw error;
    }
  }

  /** @throws TypeError or RangeError that names what is wrong */
  encodeResult(value: unknown): string {
    // A handler that gives nothing is fine; JSON has no word for it.
    return value === undefined ? '' : this.#encode('the result', value);
  }

  decodeMessage(text: string): unknown {
    return this.#codec.decode(text);
  }

  decodeResult(text: string): unknown {
    return text === '' ? undefined : this.#codec.decode(text);
  }

  #encode(what: string, value: unknown): string {
    if (this.#codec === json) {
      const fault = findFault(value, what, new Set());
      if (fault !== undefined) {
        throw new TypeError(`${fault}, which JSON can't keep. Change it, or give the queue a codec.`);
      }
    }
    const text = this.#callCodec(what, value);
    if (typeof text !== 'string' || text === '') {
      throw new TypeError(`the codec made ${show(text)} of ${what}; expected text that is not empty.`);
    }
    if (loneSurrogate.test(text)) {
      throw new TypeError(`the codec made text with a lone surrogate of ${what}, which no store can keep; escape it.`);
    }
    // No character of a string takes more than three bytes, so most need not be written out to be measured.
    const bytes = text.length * 3 > this.#maxBytes ? new TextEncoder().encode(text).length : 0;
    if (bytes > this.#maxBytes) {
      throw new RangeError(
        `${what} has ${bytes} bytes, more than maxBytes, which is ${this.#maxBytes}; store where it is instead.`,
      );
    }
    return text;
  }

  #callCodec(what: string, value: unknown): unknown {
    try {
      return this.#codec.encode(value);
    } catch (cause) {
      // Its error is its own: it may be thrown again elsewhere.
      throw new TypeError(`the codec failed at ${what}: ${textOf(cause)}`, { cause });
    }
  }

  #callSchema(schema: MessageSchema, message: unknown): unknown {
    try {
      return schema['~standard'].validate(message);
    } catch (cause) {
      throw new TypeError(`the schema failed at the message: ${textOf(cause)}`, { cause });
    }
  }

  #validate(message: unknown): void {
    if (this.#schema === undefined) return;
    const result = this.#callSchema(this.#schema, message);
    if (result instanceof Promise) {
      // It may fail, too; that is not what is wrong.
      result.catch(() => undefined);
      throw new TypeError('the schema validates later; a queue needs one that answers at once.');
    }
    const issue = firstIssue(result);
    if (issue !== undefined) throw new TypeError(`the message does not fit the schema: ${issue}.`);
  }
}

// No other text is as long in UTF-8 as it says.
const loneSurrogate = /\p{Surrogate}/u;

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : show(error);
}

const json: Codec = { encode: (value) => JSON.stringify(value), decode: (text): unknown => JSON.parse(text) };

// What a schema gives may be plain JavaScript's.
function firstIssue(result: unknown): string | undefined {
  const issues = partOf(result, 'issues');
  if (!Array.isArray(issues)) return undefined;
  const issue: unknown = issues[0];
  const path = partOf(issue, 'path');
  const steps = Array.isArray(path) ? path.map((step: unknown) => String(partOf(step, 'key') ?? step)) : [];
  const message = partOf(issue, 'message');
  return `${['message', ...steps].join('.')}: ${typeof message === 'string' ? message : 'it was refused'}`;
}

function partOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Names the first part of a value that JSON would lose or change; undefined when there is none. */
function findFault(value: unknown, path: string, within: Set<object>): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : `${path} is ${value}`;
    case 'object':
      return value === null ? undefined : findFaultIn(value, path, within);
    default:
      return `${path} is ${typeof value === 'symbol' ? 'a symbol' : show(value)}`;
  }
}

function findFaultIn(value: object, path: string, within: Set<object>): string | undefined {
  if (within.has(value)) return `${path} contains itself`;
  if (within.size > deepest) return `${path} is nested deeper than ${deepest} levels`;
  if (!isPlain(value) || typeof Reflect.get(value, 'toJSON') === 'function') return `${path} is ${kindOf(value)}`;
  const isArray = Array.isArray(value);
  const extra = findExtra(value);
  if (extra !== undefined) return `${path} has ${isArray ? 'more than its elements' : 'a symbol for a name'}: ${extra}`;
  within.add(value);
  // Array.from shows the holes of an array as undefined.
  const parts = isArray ? Array.from(value, (part: unknown, index) => [index, part] as const) : Object.entries(value);
  for (const [name, part] of parts) {
    // JSON leaves it out, and it reads the same.
    if (part === undefined && !isArray) continue;
    const fault = findFault(part, typeof name === 'number' ? `${path}[${name}]` : `${path}.${name}`, within);
    if (fault !== undefined) return fault;
  }
  within.delete(value);
  return undefined;
}

// Of another realm, too: what counts is how far it is from the object that has no prototype.
function isPlain(value: object): boolean {
  let depth = 0;
  for (let at: unknown = Object.getPrototypeOf(value); at !== null; at = Object.getPrototypeOf(at)) depth += 1;
  return depth <= (Array.isArray(value) ? 2 : 1);
}

/** Names a property that is neither an element nor called by text. */
function findExtra(value: object): string | undefined {
  const isExtra = Array.isArray(value) ? isNoElement : isSymbol;
  return Reflect.ownKeys(value).find(isExtra)?.toString();
}

function isNoElement(name: string | symbol): boolean {
  return typeof name === 'symbol' || (name !== 'length' && !/^\d+$/.test(name));
}

function isSymbol(name: string | symbol): boolean {
  return typeof name === 'symbol';
}

// Of what JSON.parse reads without overflowing the stack.
const deepest = 1000;

function kindOf(value: object): string {
  if (isPlain(value)) return 'an object with a toJSON';
  const { constructor } = value;
  return typeof constructor === 'function' && constructor.name !== '' ? `a ${constructor.name}` : 'of a class';
}
