/**
 * The entries that share a turn with the one that carries it. Those it started with end with it,
 * whatever becomes of it; those it has taken in meanwhile end with it only when it ends well, and
 * otherwise go back to the head of the line.
 */
import type { Entry } from './entry.ts';
import { QueueError, quoteKey } from './queue-error.ts';
import { watchRest } from './watch.ts';

/** Gives the lane to the newest of these waiting entries, in a turn that has them all. */
export function startTogether(entries: readonly Entry[]): void {
  // By arrival, whatever their priorities: what was said has an order.
  const inputs = entries.toSorted((one, other) => one.arrival - other.arrival);
  const carrier = inputs.at(-1);
  if (carrier === undefined) return;
  const { lanes } = carrier.session.turns;
  if (inputs.length > 1) {
    for (const entry of inputs) if (entry !== carrier) join(entry, carrier);
    carrier.more().inputs = inputs;
  }
  lanes.grant(carrier);
}

/** Takes everything that waits behind a running turn into it. */
export function takeWaiting(turn: Entry): readonly Entry[] {
  if (turn.state !== 'running') return [];
  const { session } = turn;
  const taken: Entry[] = [];
  for (let entry = session.first; entry !== undefined; entry = session.first) {
    join(entry, turn);
    taken.push(entry);
  }
  (turn.more().taken ??= []).push(...taken);
  session.turns.lanes.advance(session);
  return taken;
}

/** Takes a new entry into a turn that waits for it. */
export function takeNew(entry: Entry, turn: Entry): void {
  turn.session.turns.lanes.joinNew(entry, turn);
  (turn.more().taken ??= []).push(entry);
}

/** What the turn has taken in is dealt with. */
export function acknowledge(turn: Entry): void {
  const { extras } = turn;
  for (const entry of extras?.taken ?? []) merge(entry, turn);
  if (extras !== undefined) extras.taken = undefined;
}

/** The turn is over: says so to those that shared it, or puts them back. */
export function endMembers(turn: Entry, hasEndedWell: boolean): void {
  const { extras } = turn;
  for (const entry of extras?.inputs ?? []) merge(entry, turn);
  if (hasEndedWell) acknowledge(turn);
  else returnTaken(turn);
}

/** What the turn has taken in and not acknowledged goes back to the head of the line, in order. */
export function returnTaken({ extras }: Entry): void {
  // Those that were cancelled meanwhile belong to nobody.
  for (const entry of extras?.taken?.toReversed() ?? []) if (entry.state === 'joined') putBack(entry, true);
  if (extras !== undefined) extras.taken = undefined;
}

/** One of those goes back alone. */
export function giveBack(entry: Entry, { extras }: Entry): void {
  if (extras !== undefined) extras.taken = extras.taken?.filter((taken) => taken !== entry);
  if (entry.state === 'joined') putBack(entry, true);
}

/** The turn is to be run again by `next`: all that shared it go back to the head of the line, in the order of their arrival. */
export function returnMembers(turn: Entry, next: Entry): void {
  const { lanes } = turn.session.turns;
  const inputs = inputsOf(turn);
  returnTaken(turn);
  if (turn.extras !== undefined) turn.extras.inputs = undefined;
  for (const entry of inputs.toReversed()) {
    if (entry === turn) lanes.enterFirst(next);
    else putBack(entry, true);
  }
}

/** The turn is not to start: those that were to share it wait again, where they were. */
export function disband(turn: Entry): void {
  const { extras } = turn;
  if (extras?.inputs === undefined) return;
  for (const entry of extras.inputs) if (belongsTo(entry, turn)) putBack(entry, false);
  extras.inputs = undefined;
}

/** An entry leaves the turn it has joined. Says whether that has started. */
export function leaveTurn(entry: Entry): boolean {
  const { session, extras } = entry;
  session.turns.lanes.joined -= 1;
  const carrier = extras?.carrier;
  if (carrier?.state !== 'granted') return true;
  carrier.more().inputs = carrier.extras?.inputs?.filter((input) => input !== entry);
  return false;
}

/** What the turn has started with, less what was cancelled since. */
export function inputsOf(turn: Entry): readonly Entry[] {
  return (turn.extras?.inputs ?? [turn]).filter((entry) => entry === turn || belongsTo(entry, turn));
}

/** How many entries share the turn, besides the one that carries it. */
export function countMembers(turn: Entry): number {
  if (turn.extras === undefined) return 0;
  const { inputs = [], taken = [] } = turn.extras;
  return [...inputs, ...taken].filter((entry) => belongsTo(entry, turn)).length;
}

/** What the ticket of one is told that the turn of another, `into`, has dealt with. */
export function mergedError(sessionKey: string, into: string): QueueError {
  const where = `Session ${quoteKey(sessionKey)}: the turn of the entry ${quoteKey(into)}`;
  return new QueueError('merged', `${where} has dealt with this one too, and its ticket has the value.`);
}

function join(entry: Entry, carrier: Entry): void {
  carrier.session.turns.lanes.join(entry, carrier);
  entry.extras?.timer?.clear();
}

function putBack(entry: Entry, isToHead: boolean): void {
  const { turns } = entry.session;
  turns.lanes.rejoinLine(entry, isToHead);
  watchRest(turns, entry);
}

function merge(entry: Entry, turn: Entry): void {
  if (!belongsTo(entry, turn)) return;
  turn.session.turns.merge(entry, mergedError(turn.session.key, turn.id));
}

function belongsTo(entry: Entry, turn: Entry): boolean {
  return entry.state === 'joined' && entry.extras?.carrier === turn;
}
