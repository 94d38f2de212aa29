/**
 * The life of every entry, read from a history: when it waited, when it held its lane, and what
 * ended it. Between an act and the microtask in which it shows, both answers are right; hence
 * each question comes twice, as "surely" and as "maybe".
 */
import type { QueueErrorCode } from '#src/index.ts';
import { findCauses } from './causes.ts';
import type { Cause } from './causes.ts';
import type { EnqueueCalled, History, HistoryEvent, Result, TurnStarted } from './history.ts';

/** One entry. Moments are indices of events; Infinity where it never came to it. */
export interface Life {
  readonly entry: number;
  readonly key: string;
  readonly called: EnqueueCalled & { readonly atMs: number };
  readonly calledAt: number;
  readonly returnedAt: number;
  /**
   * Its place in line: smaller runs first, and the order of arrival breaks ties. A queue may read the
   * clock once for a whole pass of the event loop, so the rank lies between two times.
   */
  readonly leastRankMs: number;
  readonly mostRankMs: number;
  readonly started: TurnStarted | undefined;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly endResult: Result | undefined;
  readonly settledAt: number;
  readonly settleResult: Result | undefined;
  readonly settledCode: QueueErrorCode | undefined;
  readonly causes: readonly Cause[];
  /** It was never taken: stopped or full. */
  readonly isRefused: boolean;
  /** While waiting: when it may, and when it must, have left the line without running. */
  readonly leftFrom: number;
  readonly leftBy: number;
  /** While running: when it may, and when it must, have given its lane free. */
  readonly freedFrom: number;
  readonly freedBy: number;
}

export type Moment = 'surely' | 'maybe';

export function readLives(history: History): Life[] {
  const lives: Life[] = [];
  for (const [calledAt, event] of history.events.entries()) {
    if (event.type === 'enqueue-called') lives.push(readLife(history, event, calledAt));
  }
  return lives;
}

/** Whether the entry is in line at a moment. */
export function waits(life: Life, moment: Moment, index: number): boolean {
  if (life.isRefused) return moment === 'maybe' && index > life.calledAt && index < life.returnedAt;
  if (moment === 'surely') return index > life.returnedAt && index < Math.min(life.startedAt, life.leftFrom);
  return index > life.calledAt && index < Math.min(life.startedAt, life.leftBy);
}

/** Whether the entry's turn holds the lane of its session at a moment. */
export function holds(life: Life, moment: Moment, index: number): boolean {
  return index >= life.startedAt && index < (moment === 'surely' ? life.freedFrom : life.freedBy);
}

/** Whether the first is surely before the second in the line of their session. */
export function isBefore(one: Life, other: Life): boolean {
  const isEarlier = one.calledAt < other.calledAt && one.called.priority >= other.called.priority;
  return isEarlier || one.mostRankMs < other.leastRankMs;
}

/** Whether the entry waits or runs at a moment. */
export function isInHand(life: Life, moment: Moment, index: number): boolean {
  return waits(life, moment, index) || holds(life, moment, index);
}

/** How many of these entries wait or run at a moment, at least or at most. */
export function countPending(lives: readonly Life[], moment: Moment, index: number): number {
  return lives.filter((life) => isInHand(life, moment, index)).length;
}

function readLife(history: History, called: EnqueueCalled & { readonly atMs: number }, calledAt: number): Life {
  const { events } = history;
  const { entry, key } = called;
  const indexOf = (type: HistoryEvent['type']): number => {
    const index = events.findIndex((event) => event.type === type && 'entry' in event && event.entry === entry);
    return index === -1 ? Infinity : index;
  };
  const [returnedAt, startedAt, endedAt, settledAt] = [
    indexOf('enqueue-returned'),
    indexOf('started'),
    indexOf('ended'),
    indexOf('settled'),
  ];
  const [start, end, settle] = [events[startedAt], events[endedAt], events[settledAt]];
  const settleResult = settle?.type === 'settled' ? settle.result : undefined;
  const startedMs = start?.atMs ?? Infinity;
  const settledCode = settleResult?.ok === false ? settleResult.code : undefined;
  const causes = findCauses(history, { called, calledAt, returnedAt, startedAt, startedMs, settledAt, settledCode });
  const moments = { calledAt, returnedAt, startedAt, endedAt, settledAt, settledCode, causes };
  return {
    ...moments,
    entry,
    key,
    called,
    leastRankMs: passStartMs(events, calledAt) - called.priority * 1_000,
    mostRankMs: called.atMs - called.priority * 1_000,
    started: start?.type === 'started' ? start : undefined,
    endResult: end?.type === 'ended' ? end.result : undefined,
    settleResult,
    isRefused: settledCode === 'stopped' || settledCode === 'full',
    ...leaving(moments),
    ...freeing(history, moments),
  };
}

function passStartMs(events: readonly HistoryEvent[], index: number): number {
  const rest = events.findLast(({ type }, at) => at < index && (type === 'quiet' || type === 'clock-moved'));
  return (rest ?? events[0])?.atMs ?? 0;
}

type Moments = Pick<Life, 'calledAt' | 'returnedAt' | 'startedAt' | 'endedAt' | 'settledAt' | 'settledCode' | 'causes'>;

function leaving({ settledAt, causes }: Moments): Pick<Life, 'leftFrom' | 'leftBy'> {
  const whileWaiting = causes.filter(({ code }) => code !== 'timeout' && code !== 'idle-timeout');
  return {
    leftFrom: Math.min(settledAt, ...whileWaiting.map(({ from }) => from)),
    leftBy: Math.min(settledAt, ...whileWaiting.map(({ by }) => by)),
  };
}

function freeing({ options, events }: History, moments: Moments): Pick<Life, 'freedFrom' | 'freedBy'> {
  const { startedAt, endedAt, settledAt, settledCode, causes } = moments;
  const graceMs = options.graceMs ?? Infinity;
  const nextQuiet = (since: number, sinceMs: number): number => {
    const isQuiet = ({ type, atMs }: HistoryEvent, index: number): boolean =>
      (type === 'quiet' || type === 'finished') && index >= since && atMs >= sinceMs;
    const index = events.findIndex(isQuiet);
    return index === -1 ? Infinity : index;
  };
  const firstAt = (sinceMs: number): number => {
    const index = events.findIndex(({ atMs }) => atMs >= sinceMs);
    return index === -1 ? Infinity : index;
  };
  const aborts = causes.filter(({ code, by }) => by > startedAt && code !== 'expired');
  const sureAborts = aborts.filter(({ by }) => by < endedAt);
  const abortMs = (index: number): number => events[index]?.atMs ?? Infinity;
  return {
    freedFrom: Math.min(
      endedAt,
      ...aborts.map(({ from, fromMs }) => Math.max(from, startedAt, firstAt(fromMs + graceMs))),
    ),
    freedBy: Math.min(
      settledCode === undefined ? settledAt : nextQuiet(endedAt, 0),
      ...sureAborts.map(({ by }) => nextQuiet(by, abortMs(by) + graceMs)),
    ),
  };
}
