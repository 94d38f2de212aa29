/**
 * The promise that `enqueue` gives inside a turn. It is an ordinary promise that notices being
 * awaited, which is when a deadlock can be told: only enqueueing, `.then`, `.catch` and `.finally`
 * without awaiting the outcome can't close a ring.
 */
import type { Entry } from './entry.ts';
import { currentTurn } from './turn-context.ts';
import { noteAwait } from './wait-graph.ts';

type OnFulfilled<Value, Result> = ((value: Value) => Result | PromiseLike<Result>) | null | undefined;
type OnRejected<Result> = ((reason: unknown) => Result | PromiseLike<Result>) | null | undefined;

export class TrackedPromise<Value> extends Promise<Value> {
  /** The entry whose end it waits for; set by who made it. */
  entry: Entry | undefined;

  static {
    beOrdinaryOutsideOfTurns(this.prototype);
  }

  // oxlint-disable-next-line unicorn/no-thenable -- a promise is one
  override then<Fulfilled = Value, Rejected = never>(
    onFulfilled?: OnFulfilled<Value, Fulfilled>,
    onRejected?: OnRejected<Rejected>,
  ): Promise<Fulfilled | Rejected> {
    // First what is cheap: only a turn's code can close a ring.
    const turn = this.entry === undefined ? undefined : currentTurn();
    if (turn !== undefined && isResolver(onFulfilled) && isResolver(onRejected) && !isCalledByCode()) {
      const refusal = noteAwaitOf(this.entry, turn);
      if (refusal !== undefined) return refusal.then(onFulfilled, onRejected);
    }
    const derived = super.then(onFulfilled, onRejected);
    if (derived instanceof TrackedPromise) derived.entry = this.entry;
    return derived;
  }
}

/**
 * What awaits a promise asks for its constructor, and calls its `then` only if that isn't Promise. Outside of a turn there
 * is nothing to notice, and the short way costs half.
 */
export function beOrdinaryOutsideOfTurns(prototype: object): void {
  Object.defineProperty(prototype, 'constructor', {
    get: () => (currentTurn() === undefined ? Promise : TrackedPromise),
  });
}

/** A rejected promise when the await is refused, and the entry still runs to its own end. */
function noteAwaitOf(entry: Entry | undefined, turn: Entry): Promise<never> | undefined {
  const error = entry === undefined ? undefined : noteAwait(turn, entry);
  if (entry === undefined || error === undefined) return undefined;
  if (entry.state === 'running') return Promise.reject(error);
  // Who is refused may enqueue again, so the entry must not run as well.
  entry.session.turns.drop(entry, error);
  return undefined;
}

/**
 * Whether it is one of the functions that the language itself makes to resolve a promise. `await`,
 * `return` from an async function and `Promise.all` pass these; a program's own callbacks are not.
 */
function isResolver(callback: unknown): boolean {
  return typeof callback === 'function' && callback.name === '' && nativeSource.test(sourceOf.call(callback));
}

// oxlint-disable-next-line typescript/unbound-method -- it is called with a function
const sourceOf = Function.prototype.toString;
const nativeSource = /^function \(\) \{\s*\[native code\]\s*\}$/;

/**
 * Whether a program called `then` itself, to hand the outcome on or by way of `finally`. Whatever
 * awaits calls it from a job of the engine, with nothing of a program on the stack.
 */
function isCalledByCode(): boolean {
  const trace: { stack?: string } = {};
  const { stackTraceLimit } = Error;
  const prepareStackTrace: unknown = Reflect.get(Error, 'prepareStackTrace');
  // A program may have given traces a format or a length of its own, or forbidden that they be changed.
  setTraces(undefined, 1);
  // oxlint-disable-next-line typescript/unbound-method -- it only says from where the trace starts
  Error.captureStackTrace(trace, TrackedPromise.prototype.then);
  // Some engines write it only when it is read, so that comes before the settings are put back.
  const isCode = callerLine.test(trace.stack ?? '');
  setTraces(prepareStackTrace, stackTraceLimit);
  return isCode;
}

function setTraces(prepareStackTrace: unknown, stackTraceLimit: number): void {
  Reflect.set(Error, 'prepareStackTrace', prepareStackTrace);
  Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
}

// Runtimes show their own loops, which run the jobs: Node, Deno, Bun.
const callerLine = /\n\s+at (?!async |.*(node:internal|ext:core|native:))/;
