/** The queue of messages: takes them in, knows their ids, and hands out tickets. */
import type { Clock } from './clock.ts';
import type { Entry, EntryExtras } from './entry.ts';
import { EventFeed } from './event-feed.ts';
import { HandlerTurn } from './handler-turn.ts';
import { KnownIds } from './known-ids.ts';
import { LaneQueue } from './lane-queue.ts';
import { inputsOf } from './members.ts';
import { MessageEntry, messageOf } from './message-entry.ts';
import type {
  DroppedMessage,
  MessageOptions,
  MessageQueue,
  MessageQueueOptions,
  UnstartedMessage,
} from './message-queue.ts';
import type { Policy } from './policy.ts';
import type { Outcome } from './queue-event.ts';
import { checkKey, readMessageOptions, readMessageQueueOptions } from './queue-options.ts';
import type { Limits } from './queue-options.ts';
import type { Task } from './session-queue.ts';
import { startOrWait } from './start-or-wait.ts';
import { RefusedTicket, toTicket } from './ticket-promise.ts';
import type { TicketPromise } from './ticket-promise.ts';

// Types of messages and results are those of `run`, and are put on at createSessionQueue.
type Options = MessageQueueOptions<never, unknown>;
type Unstarted = UnstartedMessage<unknown>;

export class HandlerQueue extends LaneQueue<Unstarted> implements MessageQueue<unknown, unknown> {
  protected readonly run: Task<unknown>;
  protected readonly known: KnownIds;
  readonly #drops: EventFeed<DroppedMessage<unknown>> | undefined;

  constructor(options: Options, clock: Clock, limits: Limits = readMessageQueueOptions(options)) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is shown the queue's own messages only
    const policy = options.policy as Policy | undefined;
    super(limits, policy, clock, (entry) => new HandlerTurn(entry));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is handed a turn of the queue's own messages
    this.run = options.run as Task<unknown>;
    this.known = new KnownIds(options.rememberMs, options.rememberMax);
    if (options.onDrop !== undefined) {
      this.#drops = new EventFeed();
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is the queue's own messages that it is told
      this.#drops.add(options.onDrop as (dropped: DroppedMessage<unknown>) => void);
    }
    this.turns.canShareTurns = true;
    this.turns.onSettled = (entry, outcome) => this.noteEnd(entry, outcome);
  }

  enqueue(sessionKey: string, message: unknown, options?: MessageOptions): TicketPromise {
    const { lanes, passes, clock } = this.turns;
    let id: string | undefined;
    let extras: EntryExtras | undefined;
    try {
      checkKey(sessionKey);
      if (options !== undefined) {
        extras = readMessageOptions(options);
        ({ id } = options);
      }
    } catch (error) {
      return RefusedTicket.of(error, id);
    }
    if (id !== undefined) {
      const known = this.known.find(sessionKey, id, clock.now())?.ticket;
      if (known !== undefined) return known;
    }
    const receiver = lanes.sessions.get(sessionKey)?.turn?.extras?.receiver;
    const refusal = this.refuse(sessionKey, extras, receiver?.isOpen);
    if (refusal !== undefined) return RefusedTicket.of(refusal, id);
    const entry = new MessageEntry(lanes.sessionOf(sessionKey), this.run, passes.current(), extras, message, id);
    if (id !== undefined) this.known.add(sessionKey, id, entry);
    const ticket = toTicket(this.admit(entry), entry);
    entry.ticket = ticket;
    return ticket;
  }

  /** Takes a new entry in, and gives what will settle as its turn does. */
  protected admit(entry: MessageEntry): Promise<unknown> {
    const receiver = entry.session.turn?.extras?.receiver;
    // An answer goes to who asked for it, and never into the line.
    if (receiver?.isOpen === true) receiver.take(entry);
    else this.turns.lanes.admit(entry);
    this.noteEnqueued(entry);
    return startOrWait(entry, ready, Promise);
  }

  override stop(): void {
    super.stop();
    // Nobody can answer any more.
    for (const { turn } of this.turns.lanes.sessions.values()) turn?.extras?.receiver?.giveUp();
  }

  protected override handBack(entry: Entry): Unstarted {
    return { key: entry.session.key, id: entry.id, message: messageOf(entry) };
  }

  /** It is known how an entry ends, and its caller is about to be told. */
  protected noteEnd(entry: Entry, outcome: Outcome): void {
    if (!(entry instanceof MessageEntry)) return;
    const { name, ticket } = entry;
    const { key } = entry.session;
    if (name !== undefined && outcome === 'dropped') this.known.forget(key, name);
    else if (name !== undefined) this.known.remember(key, name, this.turns.clock.now());
    // Nothing is lost that anybody would have to be told of: the carrier's ticket has the value.
    if (outcome === 'merged') ticket?.handle();
    const code = entry.extras?.error?.code;
    if (this.#drops === undefined || code === undefined) return;
    if (outcome !== 'dropped' && code !== 'interrupted') return;
    // Nobody answers what shared an interrupted turn either, though those tickets end merged.
    for (const lost of inputsOf(entry)) {
      this.#drops.tell({ key, id: lost.id, message: messageOf(lost), code });
    }
    ticket?.handle();
  }
}

const ready: Promise<void> = Promise.resolve();
