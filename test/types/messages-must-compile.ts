/** Programs with messages and policies that must compile, and what their types come out as. */
import { createSessionQueue } from '#src/index.ts';
import type {
  DroppedMessage,
  MessageQueue,
  MessageTurn,
  Plan,
  Policy,
  PolicyView,
  SessionQueue,
  Ticket,
  TicketOutcome,
  UnstartedMessage,
} from '#src/index.ts';
import { cap, collect, debounce, interrupt, latest, pipe, rateLimit, reject, ttl } from '#src/policies/index.ts';
import { expectType } from './same.ts';

interface Chat {
  readonly from: string;
  readonly text: string;
}

/** The types of message and result are those of `run`. */
export async function infersFromRun(): Promise<void> {
  const queue = createSessionQueue({ run: async (turn: MessageTurn<Chat>) => turn.input.text.length });
  expectType<MessageQueue<Chat, number>>()(queue);
  const ticket = queue.enqueue('ada', { from: 'ada', text: 'hello' }, { id: '1', priority: 2 });
  expectType<Ticket<number>>()(ticket);
  expectType<number>()(await ticket);
  expectType<TicketOutcome<number>>()(await ticket.outcome);
  expectType<void>()(await ticket.accepted);
  expectType<boolean>()(ticket.cancel());
  expectType<readonly UnstartedMessage<Chat>[]>()(queue.cancel('ada'));
  expectType<readonly UnstartedMessage<Chat>[]>()((await queue.close()).unstarted);
}

export function givesATurnOfMessages(): void {
  createSessionQueue({
    run: async (turn: MessageTurn<Chat>) => {
      expectType<readonly Chat[]>()(turn.inputs);
      expectType<Chat>()(turn.input);
      expectType<readonly Chat[]>()(turn.take());
      expectType<Chat | undefined>()(await turn.receive(1000));
      expectType<void>()(turn.acknowledge());
    },
    onDrop: (dropped) => expectType<DroppedMessage<Chat>>()(dropped),
  });
}

/** A policy that is a plain function leaves the types beside it to those of `run`. */
export function infersBesideAPolicy(): void {
  createSessionQueue({
    run: (turn: MessageTurn<Chat>) => turn.input.text,
    policy: latest,
    onDrop: (dropped) => expectType<DroppedMessage<Chat>>()(dropped),
  });
}

export function takesPolicies(): void {
  const run = (turn: MessageTurn<Chat>): string => turn.input.text;
  const bySender = collect((one: Chat, next: Chat) => one.from === next.from);
  for (const policy of [undefined, interrupt, latest, reject, collect(), bySender, cap(2, 'oldest'), ttl(1000)]) {
    expectType<MessageQueue<Chat, string>>()(createSessionQueue({ run, policy }));
  }
  createSessionQueue({ run, policy: pipe(debounce(300, 2000), bySender) });
  expectType<SessionQueue>()(createSessionQueue({ policy: interrupt }));
  expectType<SessionQueue>()(createSessionQueue({ policy: pipe(ttl(1000), rateLimit(2, 1000)) }));
}

/** A user's own policy is a function. */
export const newestFirst: Policy = ({ waiting, running }) =>
  running === undefined ? { start: waiting.slice(-1) } : undefined;

export const bySender: Policy<Chat> = (view: PolicyView<Chat>): Plan => ({
  drop: view.waiting
    .filter(({ message }) => message.from === 'spam')
    .map((entry) => ({ entry, reason: 'rejected' as const })),
});
