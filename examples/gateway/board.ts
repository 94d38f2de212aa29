/**
 * What the page shows: every message with what has become of it so far, and the lane of each user. It is made of the
 * queue's events and of what the agent tells, and tells its listeners what has changed.
 *
 * A message goes from `waiting` to `running` (and `asking`, and back) or `joined`, from there to `stopping` when its
 * turn is aborted, and ends as `done`, `failed`, `merged` or `dropped`. One that was taken by a turn which then fails
 * goes back to `waiting`, as its entry goes back into the line.
 */
import type { QueueErrorCode, QueueEvent, SessionSnapshot } from '../../src/index.ts';
import type { AgentNote } from './agent.ts';
import type { ChoiceName } from './choices.ts';
import type { ChatQueue, Message } from './queue.ts';

/** One message, and what has become of it. Times are those of the wall clock, in ms since 1970. */
export interface Card extends Message {
  readonly enqueuedMs: number;
  readonly state: CardState;
  readonly startedMs?: number;
  readonly endedMs?: number;
  /** The message whose turn has this one, and how it came there. */
  readonly into?: string;
  readonly joinedAs?: 'input' | 'taken' | 'reply';
  /** Why, when it was not answered. */
  readonly code?: QueueErrorCode;
  /** What the agent has said in its turn so far. */
  readonly answer: string;
}

type CardState = 'waiting' | 'running' | 'asking' | 'joined' | 'stopping' | 'done' | 'failed' | 'merged' | 'dropped';

/** The lane of a user as `queue.inspect` gives it. */
export interface Lane {
  readonly user: string;
  readonly state: SessionSnapshot['state'] | 'idle';
  readonly waiting: number;
}

/** One thing that is different now. */
export type Change =
  | { readonly type: 'card'; readonly card: Card }
  | { readonly type: 'word'; readonly id: string; readonly word: string }
  | { readonly type: 'lane'; readonly lane: Lane }
  | { readonly type: 'forgotten'; readonly id: string }
  | { readonly type: 'chosen'; readonly name: ChoiceName };

/** How many messages of a user are kept. */
const maxCardsPerUser = 60;

export class Board {
  readonly #users: readonly string[];
  readonly #queue: () => ChatQueue;
  readonly #cards: Map<string, Card> = new Map();
  readonly #listeners: Set<(change: Change) => void> = new Set();
  #lastNumber = 0;

  /** The agent tells the board and the queue has the agent, so the queue is looked up when it is needed. */
  constructor(users: readonly string[], queue: () => ChatQueue) {
    this.#users = users;
    this.#queue = queue;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  get cards(): readonly Card[] {
    return [...this.#cards.values()];
  }

  get lanes(): readonly Lane[] {
    return this.#users.map((user) => this.#laneOf(user));
  }

  /** Calls the listener with every change, at once. Gives a function that ends this. */
  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** A user has typed something, which is to be enqueued next. */
  add(user: string, text: string): Message {
    this.#lastNumber += 1;
    const message: Message = { id: String(this.#lastNumber), user, text };
    this.#put({ ...message, state: 'waiting', enqueuedMs: Date.now(), answer: '' });
    this.#forgetOldest(user);
    return message;
  }

  /** The queue did not take it. */
  refuse(id: string, code: QueueErrorCode): void {
    this.#change(id, { state: 'dropped', code, endedMs: Date.now() });
  }

  /** To be subscribed to the queue. */
  readonly onEvent = (event: QueueEvent): void => {
    if (!('id' in event)) return;
    const { id, atMs } = event;
    if (event.type === 'started') this.#change(id, { state: 'running', startedMs: atMs });
    else if (event.type === 'aborted') this.#change(id, { state: 'stopping', code: event.code });
    else if (event.type === 'ended') this.#noteEnd(id, atMs);
    else if (event.type === 'settled') this.#noteSettled(event);
    this.tell({ type: 'lane', lane: this.#laneOf(event.key) });
  };

  /** What the agent does. */
  note(note: AgentNote): void {
    const { type, id } = note;
    const card = this.#cards.get(id);
    if (card === undefined) return;
    if (type === 'word') {
      this.#cards.set(id, { ...card, answer: card.answer === '' ? note.word : `${card.answer} ${note.word}` });
      this.tell(note);
    } else if (type === 'joined') this.#change(id, { state: 'joined', into: note.into, joinedAs: note.as });
    else this.#change(id, { state: type === 'asks' ? 'asking' : 'running' });
    // It has left the line, of which there is no event.
    if (type === 'joined') this.tell({ type: 'lane', lane: this.#laneOf(card.user) });
  }

  #noteSettled(event: Extract<QueueEvent, { type: 'settled' }>): void {
    const { id, outcome, code, into, atMs } = event;
    // An aborted turn holds its lane until it has ended, and the page is to show that.
    if (this.#cards.get(id)?.state === 'stopping') return;
    this.#change(id, { state: outcome, endedMs: atMs, ...(code && { code }), ...(into && { into }) });
  }

  #noteEnd(id: string, atMs: number): void {
    if (this.#cards.get(id)?.state === 'stopping') this.#change(id, { state: 'failed', endedMs: atMs });
    // What this turn has dealt with was told before; the rest is back in the line.
    for (const card of this.#cards.values()) {
      if (card.into !== id || card.state !== 'joined') continue;
      const { into: _into, joinedAs: _joinedAs, ...rest } = card;
      this.#put({ ...rest, state: 'waiting' });
    }
  }

  #change(id: string, change: Partial<Card>): void {
    const card = this.#cards.get(id);
    if (card !== undefined) this.#put({ ...card, ...change });
  }

  #put(card: Card): void {
    this.#cards.set(card.id, card);
    this.tell({ type: 'card', card });
  }

  #laneOf(user: string): Lane {
    const session = this.#queue().inspect(user);
    return { user, state: session?.state ?? 'idle', waiting: session?.waiting ?? 0 };
  }

  #forgetOldest(user: string): void {
    const ended = this.cards.filter((card) => card.user === user);
    for (const { id, endedMs } of ended.slice(0, -maxCardsPerUser)) {
      if (endedMs === undefined) continue;
      this.#cards.delete(id);
      this.tell({ type: 'forgotten', id });
    }
  }
}
