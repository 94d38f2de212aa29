/**
 * Who may run now. Keeps the sessions, hands lanes and slots to entries, and starts nothing itself:
 * an entry that is chosen has its gate opened, and its task is called a microtask later.
 *
 * Everything is derived from state after each event by `advance`, so that there is no wake-up
 * that one path can forget. No user code runs in here.
 */
import type { Entry } from './entry.ts';
import type { Planner } from './planner.ts';
import { ReadyLine } from './ready-line.ts';
import { Session } from './session.ts';
import type { Turns } from './turns.ts';

export class Lanes {
  readonly sessions: Map<string, Session> = new Map();
  readonly pausedKeys: Set<string> = new Set();
  /** Sessions that are held by themselves: until they may try again, or somebody decides. */
  readonly heldKeys: Set<string> = new Set();
  isPaused = false;
  isStopped = false;
  /** Entries in lines. */
  waiting = 0;
  /** Entries that hold a lane. */
  running = 0;
  /** Entries that belong to the turn of another one. */
  joined = 0;
  /** There where a policy decides. */
  planner: Planner | undefined = undefined;
  readonly #isLimited: boolean;
  #freeSlots: number;
  readonly #ready = new ReadyLine();
  #lastNumber = 0;
  readonly #turns: Turns;

  constructor(turns: Turns, concurrency: number) {
    this.#turns = turns;
    this.#isLimited = concurrency !== Infinity;
    this.#freeSlots = concurrency;
  }

  /** The session of this key, made if it is idle: then an entry has to be admitted to it at once. */
  sessionOf(sessionKey: string): Session {
    const known = this.sessions.get(sessionKey);
    if (known !== undefined) return known;
    const session = new Session(sessionKey, this.#turns);
    this.sessions.set(sessionKey, session);
    return session;
  }

  /** Entries are numbered in the order of their arrival. */
  nextNumber(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  /** Takes an entry into its session's line, or at once into the lane if that is free. */
  admit(entry: Entry): void {
    const { session } = entry;
    // The common case, without a way through the line.
    const isIdle = session.turn === undefined && session.first === undefined;
    if (isIdle && !this.#isLimited && this.planner === undefined && !this.isPausedFor(session)) {
      this.#giveLane(session, entry);
      return;
    }
    session.insert(entry);
    this.waiting += 1;
    this.advance(session);
  }

  /** Takes an entry into its session's line that has waited elsewhere, behind its gate. */
  admitLate(entry: Entry): void {
    this.#putIntoLine(entry);
    this.advance(entry.session);
  }

  /** Puts an entry before all that wait, while its session's lane is taken. */
  enterFirst(entry: Entry): void {
    entry.state = 'waiting';
    entry.session.insertFirst(entry);
    this.waiting += 1;
  }

  /** Goes on counting where an earlier life of the queue has ended. */
  countOn(lastNumber: number): void {
    this.#lastNumber = lastNumber;
  }

  /** Derives what the session does next from what it is. */
  advance(session: Session): void {
    if (session.turn === undefined && session.first === undefined) {
      this.sessions.delete(session.key);
      this.withhold(session);
      this.planner?.forget(session);
    } else if (this.planner !== undefined) this.planner.touch(session);
    else if (session.turn === undefined) this.offer(session);
  }

  /** Gives the session's lane, as soon as there is a slot, to whom its policy chose, or else to the first in line. */
  offer(session: Session): void {
    if (this.isPausedFor(session)) {
      this.#giveUpSlot(session);
      return;
    }
    if (!this.#isLimited) {
      this.#grantNext(session);
      return;
    }
    if (session.keepsSlot) {
      session.keepsSlot = false;
      this.#freeSlots += 1;
      this.#ready.pushFirst(session);
    } else if (!session.isReady) this.#ready.push(session);
    this.#handOutSlots();
  }

  /** Takes back an offer that was not taken up. */
  withhold(session: Session): void {
    if (session.isReady) this.#ready.remove(session);
    this.#giveUpSlot(session);
  }

  /** Takes a waiting entry from its line into the lane, which is free. */
  grant(entry: Entry): void {
    const { session } = entry;
    session.remove(entry);
    this.waiting -= 1;
    this.#giveLane(session, entry);
    // It waits behind a gate, unless it is being enqueued just now.
    entry.open?.(entry);
    entry.open = undefined;
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
    if (this.planner === undefined) {
      this.#freeSlots += 1;
      this.grant(session.first);
      return;
    }
    session.turn = undefined;
    session.keepsSlot = this.#isLimited;
    this.planner.touch(session);
  }

  /** Puts an entry that was to start back into its line, where it was. */
  returnToLine(entry: Entry): void {
    this.#putIntoLine(entry);
    this.leaveLane(entry);
  }

  /** Moves a waiting entry into the turn of another entry of its session. */
  join(entry: Entry, carrier: Entry): void {
    entry.session.remove(entry);
    this.waiting -= 1;
    this.joinNew(entry, carrier);
  }

  /** The same for an entry that was never in line. */
  joinNew(entry: Entry, carrier: Entry): void {
    this.joined += 1;
    entry.state = 'joined';
    entry.more().carrier = carrier;
  }

  /** Puts an entry that had joined a turn back: to where it was, or to the head of the line. */
  rejoinLine(entry: Entry, isToHead: boolean): void {
    this.joined -= 1;
    if (isToHead) this.enterFirst(entry);
    else this.#putIntoLine(entry);
  }

  /** A turn that waits for something else than its own work needs no slot meanwhile. */
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
    const { extras } = entry;
    if (extras?.hasLentSlot !== true) return;
    extras.hasLentSlot = false;
    this.#freeSlots -= 1;
    const { onSlot } = extras;
    if (onSlot === undefined) return;
    extras.onSlot = undefined;
    this.withhold(entry.session);
    onSlot();
  }

  /** The turn goes on when it has a slot again: it stands in line for one as a session that is ready does. */
  awaitSlot(entry: Entry, goOn: () => void): void {
    // While it awaits an entry it needs none: if it had one, that entry might never get one.
    if (entry.extras?.hasLentSlot !== true || (entry.extras.awaited?.size ?? 0) > 0) {
      goOn();
      return;
    }
    entry.extras.onSlot = goOn;
    if (!entry.session.isReady) this.#ready.push(entry.session);
    this.#handOutSlots();
  }

  /** Whether anything that waits will go on by itself, with nothing running. */
  canGoOn(): boolean {
    const { planner } = this;
    if (planner === undefined) return false;
    return [...this.sessions.values()].some((session) => !this.isPausedFor(session) && planner.isAwake(session));
  }

  isPausedFor(session: Session): boolean {
    const { key } = session;
    return this.isPaused || holds(this.pausedKeys, key) || holds(this.heldKeys, key);
  }

  #putIntoLine(entry: Entry): void {
    entry.state = 'waiting';
    entry.session.insert(entry);
    this.waiting += 1;
  }

  #grantNext(session: Session): void {
    if (this.planner !== undefined) {
      // Its turn is not lost because whom its policy chose has left: it is asked again, with the slot kept.
      if (this.planner.grant(session) || !this.#isLimited || session.first === undefined) return;
      session.keepsSlot = true;
      this.#freeSlots -= 1;
    } else if (session.first !== undefined) this.grant(session.first);
  }

  #giveUpSlot(session: Session): void {
    if (!session.keepsSlot) return;
    session.keepsSlot = false;
    this.#freeSlots += 1;
    this.#handOutSlots();
  }

  #giveLane(session: Session, entry: Entry): void {
    session.turn = entry;
    this.running += 1;
    // Counting down from Infinity would cost a number on the heap for each turn.
    if (this.#isLimited) this.#freeSlots -= 1;
    entry.state = 'granted';
  }

  // In the order in which they became ready, one turn each: a session that has more after its turn
  // goes to the back, and a newcomer stands behind everyone.
  #handOutSlots(): void {
    while (this.#freeSlots > 0 && this.#ready.first !== undefined) {
      const session = this.#ready.first;
      this.#ready.remove(session);
      if (session.turn !== undefined) this.takeBackSlot(session.turn);
      // Since it became ready, it may have been paused.
      else if (!this.isPausedFor(session)) this.#grantNext(session);
    }
  }
}

// Looking a key up costs, and most queues pause nothing.
function holds(keys: ReadonlySet<string>, key: string): boolean {
  return keys.size > 0 && keys.has(key);
}
