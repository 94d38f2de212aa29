/**
 * The live state of one session key: the entry that holds its lane, and the entries that wait, in
 * order. It exists only while it has either.
 */
import type { Entry } from './entry.ts';
import type { Planning } from './planner.ts';
import type { Turns } from './turns.ts';

export class Session {
  readonly key: string;
  readonly turns: Turns;
  /** The entry whose turn holds the lane, from the moment it was chosen until it has ended or was released. */
  turn: Entry | undefined;
  first: Entry | undefined;
  last: Entry | undefined;
  waiting = 0;
  /** Whether it keeps a slot until its policy has looked at it. */
  keepsSlot = false;
  /** Whether it stands in the list of sessions that wait for a slot, and between whom. */
  isReady = false;
  nextReady: Session | undefined;
  previousReady: Session | undefined;
  /** What its policy knows of it, where there is one. */
  planning: Planning | undefined;

  constructor(key: string, turns: Turns) {
    this.key = key;
    this.turns = turns;
  }

  /** Puts the entry in its place: by rank, and within a rank in the order of arrival. */
  insert(entry: Entry): void {
    this.waiting += 1;
    let before = this.last;
    // Arrival times only grow, so without priorities the first look ends this.
    while (before !== undefined && entry.goesBefore(before)) before = before.previous;
    const after = before === undefined ? this.first : before.next;
    entry.previous = before;
    entry.next = after;
    if (before === undefined) this.first = entry;
    else before.next = entry;
    if (after === undefined) this.last = entry;
    else after.previous = entry;
  }

  /** Puts the entry before all others. */
  insertFirst(entry: Entry): void {
    this.waiting += 1;
    entry.next = this.first;
    if (this.first === undefined) this.last = entry;
    else this.first.previous = entry;
    this.first = entry;
  }

  remove(entry: Entry): void {
    this.waiting -= 1;
    const { previous, next } = entry;
    if (previous === undefined) this.first = next;
    else previous.next = next;
    if (next === undefined) this.last = previous;
    else next.previous = previous;
    entry.previous = undefined;
    entry.next = undefined;
  }
}
