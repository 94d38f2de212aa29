/**
 * What a broken queue of messages is: the real one with one defect, put between it and its caller, and
 * the rule by which that must show.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { MessageTurn, TicketOutcome } from '#src/index.ts';
import { makeRealQueue } from '../prove.ts';
import type { Message, MessageQueueFactory, ProvedQueue, ProvedTicket, Setup } from '../recorder.ts';

export interface BrokenMessages {
  /** What is wrong with it, in words that follow "a queue that". */
  readonly defect: string;
  /** The name of the rule that it breaks. */
  readonly breaks: string;
  readonly make: MessageQueueFactory;
}

/** The real queue made from something else than was asked for. */
export function madeFrom(change: (setup: Setup) => Setup): MessageQueueFactory {
  return (setup, clock) => makeRealQueue(change(setup), clock);
}

/** The real queue with some of its methods replaced. */
export function withMethods(
  change: (queue: ProvedQueue, ...made: Parameters<MessageQueueFactory>) => Partial<ProvedQueue>,
): MessageQueueFactory {
  return (setup, clock) => {
    const queue = makeRealQueue(setup, clock);
    return replaceMethods(queue, change(queue, setup, clock));
  };
}

export function replaceMethods(queue: ProvedQueue, methods: Partial<ProvedQueue>): ProvedQueue {
  return {
    enqueue: (...args) => queue.enqueue(...args),
    pending: (...args) => queue.pending(...args),
    stop: () => queue.stop(),
    cancel: (...args) => queue.cancel(...args),
    pause: (...args) => queue.pause(...args),
    resume: (...args) => queue.resume(...args),
    drained: () => queue.drained(),
    close: (...args) => queue.close(...args),
    inspect: () => queue.inspect(),
    subscribe: (...args) => queue.subscribe(...args),
    ...methods,
  };
}

// What follows a ticket inside a turn would be taken to await it there.
const outside = AsyncLocalStorage.snapshot();

export interface TicketParts {
  readonly result: Promise<unknown>;
  readonly outcome: Promise<TicketOutcome<unknown>>;
  readonly accepted: Promise<void>;
  readonly cancel: () => boolean;
}

/** The real queue with other tickets. The same ticket stays the same. */
export function withTickets(
  change: (ticket: ProvedTicket, message: Message) => Partial<TicketParts>,
): MessageQueueFactory {
  return withMethods((queue) => {
    const changed = new Map<ProvedTicket, ProvedTicket>();
    return {
      enqueue: (key, message, options) => {
        const ticket = queue.enqueue(key, message, options);
        const other = changed.get(ticket) ?? outside(() => replaceParts(ticket, change(ticket, message)));
        changed.set(ticket, other);
        return other;
      },
    };
  });
}

/** A promise that isn't the ticket, but says what it says, where it isn't told otherwise. */
function replaceParts(ticket: ProvedTicket, parts: Partial<TicketParts>): ProvedTicket {
  const { accepted = ticket.accepted, outcome = ticket.outcome } = parts;
  // A plain promise, whose parts can be set.
  const result = parts.result ?? new Promise((resolve) => resolve(ticket));
  return Object.assign(result, { id: ticket.id, accepted, outcome, cancel: parts.cancel ?? (() => ticket.cancel()) });
}

export type TurnParts = Omit<MessageTurn<Message>, 'signal' | 'key' | 'id' | 'attempt'>;

/** The turns before, of the same session and of any. */
export interface TurnsBefore {
  readonly ofSession: MessageTurn<Message> | undefined;
  readonly ofAny: MessageTurn<Message> | undefined;
}

/** The real queue with turns that differ. */
export function withTurns(
  change: (turn: MessageTurn<Message>, before: TurnsBefore) => Partial<TurnParts>,
): MessageQueueFactory {
  return (setup, clock) => {
    const last = new Map<string, MessageTurn<Message>>();
    let ofAny: MessageTurn<Message> | undefined;
    const run: Setup['run'] = (turn) => {
      const parts = change(turn, { ofSession: last.get(turn.key), ofAny });
      last.set(turn.key, turn);
      ofAny = turn;
      return setup.run(withParts(turn, parts));
    };
    return makeRealQueue({ ...setup, run }, clock);
  };
}

export function withParts(turn: MessageTurn<Message>, parts: Partial<TurnParts>): MessageTurn<Message> {
  const { key, id, epoch, attempt, signal, inputs, input } = turn;
  return {
    key,
    id,
    epoch,
    attempt,
    signal,
    inputs,
    input,
    progress: () => turn.progress(),
    take: () => turn.take(),
    acknowledge: () => turn.acknowledge(),
    receive: (timeoutMs) => turn.receive(timeoutMs),
    ...parts,
  };
}
