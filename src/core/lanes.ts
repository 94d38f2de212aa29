/**
 * Who may run now. Keeps the sessions, hands lanes and slots to entries, and starts nothing itself:
 * an entry that is chosen has its gate opened, and its task is called a microtask later.
 *
 * Everything is derived from state after each event by `advance`, so that there is no wake-up
 * that one path can forget. No user code runs in here.
 */
import { Entry } from './entry.ts';
import type { EntryExtras } from './entry.ts';
import type { Pass } from './passes.ts';
import { Session } from './session.ts';
import type { Task } from './session-queue.ts';
import type { Turns } from './turns.ts';

export class Lanes {
  readonly sessions: Map<string, Session> = new Map();
  readonly pausedKeys: Set<string> = new Set();
  isPaused = false;
  /** Entries in lines. */
  waiting = 0;
  /** Entries that hold a lane. */
  running = 0;
  readonly #isLimited: boolean;
  #freeSlots: number;
  #firstReady: Session | undefined = undefined;
  #lastReady: Session | undefined = undefined;
  #lastNumber = 0;
  readonly #turns: Turns;

  constructor(turns: Turns, concurrency: number) {
    this.#turns = turns;
    this.#isLimited = concurrency !== Infinity;
    this.#freeSlots = concurrency;
  }

  /** Takes an entry into its session's line, and at once into the lane if that is free. */
  admit(sessionKey: string, task: Task<unknown>, since: Pass, extras: EntryExtras | undefined): Entry {
    const known = this.sessions.get(sessionKey);
    const session = known ?? new Session(sessionKey, this.#turns);
    const entry = new Entry(session, ++this.#lastNumber, task, since, extras);
    if (known === undefined) {
      this.sessions.set(sessionKey, session);
      // The common case, without a way through the line.
      if (!this.#isLimited && !this.isPausedFor(session)) {
        this.#grant(session, entry);
        return entry;
      }
    }
    session.insert(entry);
    this.waiting += 1;
    this.advance(session);
    return entry;
  }

  /** Derives what the session does next from what it is. */
  advance(session: Session): void {
    if (session.turn !== undefined) return;
    if (session.first === undefined) {
      this.sessions.delete(session.key);
      if (session.isReady) this.#removeReady(session);
      return;
    }
    if (this.isPausedFor(session)) return;
    if (!this.#isLimited) {
      this.#grantFirst(session, session.first);
      return;
    }
    if (!session.isReady) this.#pushReady(session);
    this.#handOutSlots();
  }

  /** Takes a waiting entry out of its line. */
  leaveLine(entry: Entry): void {
    entry.session.remove(entry);
    this.waiting -= 1;
    this.advance(entry.session);
  }

  /** Takes the lane from the entry that holds it, and gives lane and slot to who waits. */
  leaveLane(entry: Entry): void {
    const { session } = entry;
    session.turn = undefined;
    this.running -= 1;
    if (this.#isLimited && entry.extras?.hasLentSlot !== true) this.#freeSlots += 1;
    this.advance(session);
    // The slot goes to whoever has waited longest, which advance leaves to others when this session is done.
    if (this.#isLimited) this.#handOutSlots();
  }

  /** Takes the lane from an entry that was to start and won't. Its session keeps the turn, if it has another entry. */
  passLaneOn(entry: Entry): void {
    const { session } = entry;
    if (session.first === undefined || this.isPausedFor(session)) {
      this.leaveLane(entry);
      return;
    }
    this.running -= 1;
    this.#freeSlots += 1;
    this.#grantFirst(session, session.first);
  }

  /** Puts an entry that was to start back into its line, where it was. */
  returnToLine(entry: Entry): void {
    entry.state = 'waiting';
    entry.session.insert(entry);
    this.waiting += 1;
    this.leaveLane(entry);
  }

  /** A turn that awaits another session's entry needs no slot meanwhile. */
  lendSlot(entry: Entry): void {
    const extras = entry.more();
    if (!this.#isLimited || extras.hasLentSlot) return;
    extras.hasLentSlot = true;
    this.#freeSlots += 1;
    this.#handOutSlots();
  }

  /**
   * The turn goes on at once, so it takes a slot whether one is free or not. As a rule it gets the
   * one of the entry it awaited, which has just ended and not been handed on yet.
   */
  takeBackSlot(entry: Entry): void {
    if (entry.extras?.hasLentSlot !== true) return;
    entry.extras.hasLentSlot = false;
    this.#freeSlots -= 1;
  }

  isPausedFor(session: Session): boolean {
    return this.isPaused || (this.pausedKeys.size > 0 && this.pausedKeys.has(session.key));
  }

  #grantFirst(session: Session, entry: Entry): void {
    session.remove(entry);
    this.waiting -= 1;
    this.#grant(session, entry);
    // It waits behind a gate, unless it is being enqueued just now.
    entry.open?.(entry);
    entry.open = undefined;
  }

  #grant(session: Session, entry: Entry): void {
    session.turn = entry;
    this.running += 1;
    // Counting down from Infinity would cost a number on the heap for each turn.
    if (this.#isLimited) this.#freeSlots -= 1;
    entry.state = 'granted';
  }

  #pushReady(session: Session): void {
    session.isReady = true;
    session.previousReady = this.#lastReady;
    if (this.#lastReady === undefined) this.#firstReady = session;
    else this.#lastReady.nextReady = session;
    this.#lastReady = session;
  }

  #removeReady(session: Session): void {
    const { previousReady, nextReady } = session;
    if (previousReady === undefined) this.#firstReady = nextReady;
    else previousReady.nextReady = nextReady;
    if (nextReady === undefined) this.#lastReady = previousReady;
    else nextReady.previousReady = previousReady;
    session.isReady = false;
    session.previousReady = undefined;
    session.nextReady = undefined;
  }

  // In the order in which they became ready, one turn each: a session that has more after its turn
  // goes to the back, and a newcomer stands behind everyone.
  #handOutSlots(): void {
    while (this.#freeSlots > 0 && this.#firstReady !== undefined) {
      const session = this.#firstReady;
      this.#removeReady(session);
      // Since it became ready, it may have been paused.
      if (session.first !== undefined && !this.isPausedFor(session)) {
        this.#grantFirst(session, session.first);
      }
    }
  }
}
