/** The few assertions that the suite needs, so that it runs wherever the library does. */
import type { TicketOutcome } from '../core/message-queue.ts';
import { QueueError } from '../core/queue-error.ts';

/** @throws Error unless both look the same: plain data by its parts, in any order of the names. */
export function same(actual: unknown, expected: unknown, what = 'it'): void {
  const [is, shouldBe] = [render(actual), render(expected)];
  if (is !== shouldBe) throw new Error(`${what} is ${is}; expected ${shouldBe}`);
}

/** @throws Error unless the condition holds. */
export function holds(condition: boolean, what: string): void {
  if (!condition) throw new Error(`expected that ${what}`);
}

/** Gives what the promise rejects with. @throws Error unless it does, and with that code when there is one. */
export async function rejection(promise: PromiseLike<unknown>, code?: string): Promise<Error> {
  const error = await promise.then(
    (value: unknown) => {
      throw new Error(`it resolved with ${render(value)}; expected a rejection`);
    },
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error(`it rejected with ${render(error)}; expected an Error`);
  if (code !== undefined) {
    const is = error instanceof QueueError ? error.code : `${error.name}: ${error.message}`;
    if (is !== code) throw new Error(`it rejected with ${is}; expected the code ${code}`);
  }
  return error;
}

/** Resolves when the condition holds, which it looks at again and again. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  // By timers, so that whatever happens meanwhile has the event loop for itself.
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** @throws Error unless the text has all these parts. */
export function says(text: string, ...parts: readonly string[]): void {
  for (const part of parts) if (!text.includes(part)) throw new Error(`"${text}" does not say "${part}"`);
}

/** How an entry ended, in a few words: `done 1`, `failed timeout`, `merged into b`, `dropped full`. */
export async function endOf(ticket: { readonly outcome: Promise<TicketOutcome<unknown>> }): Promise<string> {
  const outcome = await ticket.outcome;
  switch (outcome.type) {
    case 'done':
      return `done ${String(outcome.value)}`;
    case 'failed':
      return `failed ${outcome.code ?? (outcome.error instanceof Error ? outcome.error.message : String(outcome.error))}`;
    case 'merged':
      return `merged into ${outcome.into}`;
    case 'dropped':
      return `dropped ${outcome.code}`;
    default:
      return outcome satisfies never;
  }
}

/** What `enqueue` says to arguments that its types forbid. */
export async function tellWrong(queue: { readonly enqueue: unknown }, ...args: readonly unknown[]): Promise<Error> {
  if (typeof queue.enqueue !== 'function') throw new TypeError('the queue has no enqueue');
  const ticket: unknown = Reflect.apply(queue.enqueue, queue, args);
  if (!(ticket instanceof Promise)) throw new TypeError('enqueue gave no promise');
  return rejection(ticket);
}

function render(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((part: unknown) => render(part)).join(', ')}]`;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
    return `{${parts.map(([name, part]) => `${JSON.stringify(name)}: ${render(part)}`).join(', ')}}`;
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
