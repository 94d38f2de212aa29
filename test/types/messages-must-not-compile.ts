/** Programs with messages and policies that must not compile. */
import { createSessionQueue } from '#src/index.ts';
import type { MessageTurn, Plan, Policy } from '#src/index.ts';
import { cap, collect, debounce, interrupt, pipe } from '#src/policies/index.ts';

const queue = createSessionQueue({ run: (turn: MessageTurn<string>) => turn.input.length });

export function wrongMessages(): void {
  // @ts-expect-error: a message is what `run` takes
  void queue.enqueue('ada', 42);
  // @ts-expect-error: a queue with a `run` takes messages, not tasks
  void queue.enqueue('ada', () => 1);
  // @ts-expect-error: an id is a string
  void queue.enqueue('ada', 'hello', { id: 1 });
  // @ts-expect-error: the ticket's value is what `run` gives
  const ticket: Promise<string> = queue.enqueue('ada', 'hello');
  void ticket;
}

export function wrongPolicies(): void {
  // @ts-expect-error: tasks can't be put together
  createSessionQueue({ policy: collect() });
  // @ts-expect-error: nor by a part of a pipe
  createSessionQueue({ policy: pipe(interrupt, collect()) });
  const run = (turn: MessageTurn<string>): string => turn.input;
  // @ts-expect-error: the policy looks into messages of another type
  createSessionQueue({ run, policy: collect((one: number, next: number) => one === next) });
  // @ts-expect-error: the longest wait has to be said
  debounce(300);
  // @ts-expect-error: one of a closed set
  cap(2, 'first');
  // @ts-expect-error: at least one
  pipe();
}

export function wrongOptions(): void {
  // @ts-expect-error: ids are remembered for messages only
  createSessionQueue({ rememberMs: 1000 });
  // @ts-expect-error: a task has no id of its own
  void createSessionQueue().enqueue('ada', () => 1, { id: 'one' });
}

// @ts-expect-error: a reason is one of a closed set
export const wrongReason: Policy = ({ waiting }) => ({ drop: waiting.map((entry) => ({ entry, reason: 'boring' })) });
// @ts-expect-error: a plan has four verbs
export const wrongVerb: Plan = { stop: true };
