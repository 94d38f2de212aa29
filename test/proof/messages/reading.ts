/**
 * A history of messages with everything the rules ask of it, read once: the life of every entry and
 * of every turn. Moments are indices of events; Infinity where it never came to it.
 */
import type { HandlerStarted, MessageCalled, MessageEvent, MessageHistory, ToldOutcome } from './history.ts';
import type { Result } from '../history.ts';

/** One entry. An `enqueue` whose id was known has none of its own, and no life. */
export interface MessageLife {
  readonly entry: number;
  readonly key: string;
  readonly called: MessageCalled & { readonly atMs: number };
  readonly calledAt: number;
  readonly returnedAt: number;
  /** The id that its ticket shows. */
  readonly ticketId: string;
  /** Its `enqueue` was not taken: the queue was stopped or full, or its signal had aborted. */
  readonly isRefused: boolean;
  readonly outcome: ToldOutcome | undefined;
  readonly outcomeAt: number;
  readonly settled: Result | undefined;
  readonly settledAt: number;
  /** When its caller could first see that it is over. */
  readonly toldAt: number;
  /** Since when it can have been over: the last moment of rest before that. */
  readonly leftFrom: number;
  /** The turns that it belonged to, in order. */
  readonly stays: readonly Stay[];
}

/** An entry's time in a turn: until it was told the end, or the turn was over. */
export interface Stay {
  readonly entry: number;
  readonly turn: TurnLife;
  readonly as: 'input' | 'taken' | 'answer';
  readonly from: number;
  readonly until: number;
  /** Its place among those that came to the turn at once. */
  readonly order: number;
}

export interface TurnLife extends HandlerStarted {
  readonly startedAt: number;
  readonly startedMs: number;
  readonly endedAt: number;
  readonly result: Result | undefined;
  /** When its signal aborted. */
  readonly abortedAt: number;
  /** When it lost its lane: at its end, or as soon as the grace of its abort was over. */
  readonly overAt: number;
  /** It gave a value, and nothing aborted it before its queue knew. */
  readonly hasEndedWell: boolean;
  readonly receives: readonly Receive[];
  readonly acknowledgedAt: readonly number[];
}

/** One call of `receive`. */
export interface Receive {
  readonly from: number;
  readonly timeoutMs: number;
  /** The first event at or after its end by time, or since nobody can answer any more. */
  readonly dueAt: number;
  readonly until: number;
  readonly entry: number | undefined;
  readonly reason: string | undefined;
}

export interface MessageReading {
  readonly history: MessageHistory;
  readonly events: readonly MessageEvent[];
  readonly lives: readonly MessageLife[];
  readonly lifeOf: (entry: number) => MessageLife | undefined;
  readonly turns: readonly TurnLife[];
  readonly turnOf: (turn: number) => TurnLife | undefined;
  /** The indices of the quiet points, the last event included. */
  readonly quietPoints: readonly number[];
  /** The last moment before at which nothing was under way: a quiet point, or time about to move. */
  readonly restBefore: (index: number) => number;
}

export function readMessages(history: MessageHistory): MessageReading {
  const { events } = history;
  const rests = restsBefore(events);
  const restBefore = (index: number): number => rests[Math.min(index, events.length)] ?? -1;
  const turns = events.flatMap((event, at) => (event.type === 'started' ? [readTurn(history, event, at)] : []));
  const stays = readStays(history, turns);
  const lives = events.flatMap((event, at) =>
    event.type === 'enqueue-called' ? readLife(events, { ...event, calledAt: at }, stays, restBefore) : [],
  );
  const byEntry = new Map(lives.map((life) => [life.entry, life]));
  const byTurn = new Map(turns.map((turn) => [turn.turn, turn]));
  return {
    history,
    events,
    lives,
    lifeOf: (entry) => byEntry.get(entry),
    turns,
    turnOf: (turn) => byTurn.get(turn),
    quietPoints: events.flatMap(({ type }, at) => (type === 'quiet' || type === 'finished' ? [at] : [])),
    restBefore,
  };
}

/** The first event at or after a time, from an index on. */
export function firstAt(events: readonly MessageEvent[], from: number, ms: number): number {
  return indexOr(events.findIndex(({ atMs }, at) => at >= from && atMs >= ms));
}

/** When the queue took nothing any more. */
export function stoppedAt(events: readonly MessageEvent[]): number {
  return indexOr(events.findIndex(({ type }) => type === 'stopped' || type === 'close-called'));
}

function readTurn(
  { events, settings }: MessageHistory,
  started: HandlerStarted & { atMs: number },
  at: number,
): TurnLife {
  const { turn } = started;
  const find = (type: MessageEvent['type']): number =>
    indexOr(events.findIndex((event) => event.type === type && 'turn' in event && event.turn === turn));
  const [endedAt, abortedAt] = [find('ended'), find('turn-aborted')];
  const end = events[endedAt];
  const result = end?.type === 'ended' ? end.result : undefined;
  const graceMs = settings.graceMs ?? Infinity;
  const releasedAt =
    abortedAt < endedAt ? firstAt(events, abortedAt, (events[abortedAt]?.atMs ?? 0) + graceMs) : Infinity;
  return {
    ...started,
    startedAt: at,
    startedMs: started.atMs,
    endedAt,
    result,
    abortedAt,
    overAt: Math.min(endedAt, releasedAt),
    hasEndedWell: result?.ok === true && abortedAt === Infinity,
    receives: [...readReceives(events, turn)],
    acknowledgedAt: events.flatMap((event, index) =>
      event.type === 'acknowledged' && event.turn === turn ? [index] : [],
    ),
  };
}

function* readReceives(events: readonly MessageEvent[], turn: number): Iterable<Receive> {
  for (const [from, event] of events.entries()) {
    if (event.type !== 'receive-called' || event.turn !== turn) continue;
    const until = indexOr(
      events.findIndex((other, at) => at > from && other.type === 'receive-ended' && other.turn === turn),
    );
    const end = events[until];
    const { entry, reason } = end?.type === 'receive-ended' ? end : {};
    const { timeoutMs } = event;
    const dueAt = Math.min(firstAt(events, from, event.atMs + timeoutMs), Math.max(from, stoppedAt(events)));
    yield { from, timeoutMs, until, entry, reason, dueAt };
  }
}

/** Stays without their ends, which depend on when an entry was told its own. */
type OpenStay = Omit<Stay, 'until'>;

function readStays({ events }: MessageHistory, turns: readonly TurnLife[]): OpenStay[] {
  const stays: OpenStay[] = [];
  for (const turn of turns) {
    for (const [order, entry] of turn.inputs.entries()) {
      stays.push({ entry, turn, as: 'input', from: turn.startedAt, order });
    }
    for (const receive of turn.receives) {
      const entry = answerTo(events, turn, receive);
      if (entry !== undefined) stays.push({ turn, as: 'answer', order: 0, ...entry });
    }
  }
  for (const [from, event] of events.entries()) {
    const turn = event.type === 'took' ? turns.find((other) => other.turn === event.turn) : undefined;
    if (event.type !== 'took' || turn === undefined) continue;
    for (const [order, entry] of event.entries.entries()) stays.push({ entry, turn, as: 'taken', from, order });
  }
  return stays.toSorted((one, other) => one.from - other.from);
}

/**
 * Who must have answered: whoever comes first, however long the turn waits for its slot then. An
 * abort may keep the turn from being told, and yet the entry belongs to it.
 */
function answerTo(
  events: readonly MessageEvent[],
  { key, abortedAt, endedAt }: TurnLife,
  { from, until, dueAt }: Receive,
): { readonly entry: number; readonly from: number } | undefined {
  const before = Math.min(until, dueAt, abortedAt, endedAt);
  for (let at = from; at < before; at += 1) {
    const event = events[at];
    if (event?.type !== 'enqueue-called' || event.key !== key) continue;
    const { entry } = event;
    if (isTaken(events, entry)) return { entry, from: at };
  }
  return undefined;
}

function isTaken(events: readonly MessageEvent[], entry: number): boolean {
  return events.some((event) => event.type === 'enqueue-returned' && event.entry === entry && event.isTaken);
}

function readLife(
  events: readonly MessageEvent[],
  called: MessageLife['called'] & { readonly calledAt: number },
  openStays: readonly OpenStay[],
  restBefore: (index: number) => number,
): MessageLife[] {
  const { entry, key, calledAt } = called;
  const find = (type: MessageEvent['type']): number =>
    indexOr(events.findIndex((event) => event.type === type && 'entry' in event && event.entry === entry));
  const [returnedAt, outcomeAt, settledAt] = [find('enqueue-returned'), find('outcome'), find('settled')];
  const [returned, told, settled] = [events[returnedAt], events[outcomeAt], events[settledAt]];
  if (returned?.type === 'enqueue-returned' && returned.ticketOf !== entry) return [];
  const outcome = told?.type === 'outcome' ? told.outcome : undefined;
  const toldAt = Math.min(outcomeAt, settledAt);
  const life: MessageLife = {
    entry,
    key,
    called,
    calledAt,
    returnedAt,
    ticketId: returned?.type === 'enqueue-returned' ? returned.id : '',
    isRefused: returned?.type === 'enqueue-returned' && !returned.isTaken,
    outcome,
    outcomeAt,
    settled: settled?.type === 'settled' ? settled.result : undefined,
    settledAt,
    toldAt,
    leftFrom: toldAt === Infinity ? Infinity : restBefore(toldAt),
    stays: openStays
      .filter((stay) => stay.entry === entry)
      .map((stay) => Object.assign({ until: Math.min(toldAt, stay.turn.overAt) }, stay)),
  };
  return [life];
}

function restsBefore(events: readonly MessageEvent[]): number[] {
  const rests: number[] = [];
  let last = -1;
  for (const [at, { type }] of events.entries()) {
    rests.push(last);
    if (type === 'quiet' || type === 'clock-moving') last = at;
  }
  rests.push(last);
  return rests;
}

function indexOr(index: number): number {
  return index === -1 ? Infinity : index;
}
