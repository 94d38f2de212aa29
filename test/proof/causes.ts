/**
 * Why an entry may, or must, end without its task's own result: every cause the history shows for
 * it, with the earliest moment at which a queue can know of it and the moment by which it must.
 */
import type { QueueErrorCode } from '#src/index.ts';
import type { EnqueueCalled, History, HistoryEvent } from './history.ts';

export interface Cause {
  readonly code: QueueErrorCode;
  /** The index of the first event that can see its effect. */
  readonly from: number;
  /** The index of the event from which on its effect is certain; Infinity where it is never. */
  readonly by: number;
  /** The time at `from`, and the time it is due where a time limit made it. */
  readonly fromMs: number;
}

/** What is known about an entry before its causes are looked for. */
export interface EntryFacts {
  readonly called: EnqueueCalled & { readonly atMs: number };
  readonly calledAt: number;
  readonly returnedAt: number;
  readonly startedAt: number;
  readonly startedMs: number;
  readonly settledAt: number;
  readonly settledCode: QueueErrorCode | undefined;
}

export function findCauses(history: History, facts: EntryFacts): Cause[] {
  const causes = [
    ...causesOfCalls(history.events, facts),
    ...causesOfWaiting(history.events, facts),
    ...causesOfRunning(history, facts),
    ...causesOfChoice(history.events, facts),
  ];
  return causes.toSorted((one, other) => one.from - other.from);
}

function causesOfCalls(events: readonly HistoryEvent[], facts: EntryFacts): Cause[] {
  const { called, calledAt, returnedAt } = facts;
  const causes: Cause[] = [];
  for (const [index, event] of events.entries()) {
    const { atMs } = event;
    const isLater = index > calledAt;
    if ((event.type === 'stopped' || event.type === 'close-called') && !isLater) {
      causes.push({ code: 'stopped', from: calledAt, by: returnedAt, fromMs: called.atMs });
    }
    if (event.type === 'close-called' && isLater) {
      causes.push(...closeCause(events, atMs + event.drainMs, index));
    }
    if (event.type === 'cancel-called' && event.key === called.key && isLater) {
      causes.push({ code: 'cancelled', from: index, by: returnOf(events, index), fromMs: atMs });
    }
    if (event.type === 'signal-aborting' && event.signal === called.signal) {
      const seen = isLater ? { from: index, by: returnOf(events, index) } : { from: calledAt, by: returnedAt };
      causes.push({ code: 'aborted', ...seen, fromMs: isLater ? atMs : called.atMs });
    }
  }
  return causes;
}

function causesOfWaiting(events: readonly HistoryEvent[], { called }: EntryFacts): Cause[] {
  return called.ttlMs === undefined ? [] : dueCause(events, 'expired', called.atMs + called.ttlMs);
}

function causesOfRunning({ options, events }: History, facts: EntryFacts): Cause[] {
  const { called, startedAt, startedMs } = facts;
  if (startedAt === Infinity) return [];
  const timeoutMs = called.timeoutMs ?? options.timeoutMs ?? Infinity;
  return [
    ...dueCause(events, 'timeout', startedMs + timeoutMs),
    ...causesOfIdling(events, facts, options.idleTimeoutMs ?? Infinity),
  ];
}

function causesOfIdling(events: readonly HistoryEvent[], facts: EntryFacts, idleTimeoutMs: number): Cause[] {
  const { called, startedAt, settledAt } = facts;
  const progress = [...events.keys()].filter((index) => {
    const event = events[index];
    return event?.type === 'progressed' && event.entry === called.entry && index < settledAt;
  });
  return [startedAt, ...progress].flatMap((since, nth) => {
    const next = progress[nth] ?? Infinity;
    const [cause] = dueCause(events, 'idle-timeout', (events[since]?.atMs ?? Infinity) + idleTimeoutMs);
    if (cause === undefined || cause.from > next) return [];
    // A turn that is late but tells before the timer fires may be spared.
    return cause.by < next ? [cause] : [{ ...cause, by: Infinity }];
  });
}

/** What the queue may do but need not: it is a cause only where the entry was told so. */
function causesOfChoice(events: readonly HistoryEvent[], facts: EntryFacts): Cause[] {
  const { called, calledAt, settledAt, settledCode } = facts;
  const isCause = (event: HistoryEvent, index: number): boolean =>
    index > calledAt &&
    index < settledAt &&
    ((event.type === 'close-called' && settledCode === 'closed') ||
      (event.type === 'await-began' && event.on === called.entry && settledCode === 'deadlock'));
  const allowedFrom = events.findIndex(isCause);
  if (allowedFrom === -1 || settledCode === undefined) return [];
  // Had it been chosen before the last moment of rest, its caller would have been told before.
  const restedAt = events.findLastIndex(
    ({ type }, index) => index < settledAt && (type === 'quiet' || type === 'clock-moving'),
  );
  const from = Math.max(allowedFrom, restedAt + 1);
  return [{ code: settledCode, from, by: Infinity, fromMs: events[from]?.atMs ?? Infinity }];
}

/** Time limits are certain when the move of the clock that reached them is over. */
function dueCause(events: readonly HistoryEvent[], code: QueueErrorCode, dueMs: number): Cause[] {
  const from = events.findIndex(({ atMs }) => atMs >= dueMs);
  if (from === -1) return [];
  const by = events.findIndex(({ type }, index) => type === 'clock-moved' && index >= from);
  return [{ code, from, by: by === -1 ? Infinity : by, fromMs: dueMs }];
}

/** The end of a close's draining has taken its effect by the next moment of rest. */
function closeCause(events: readonly HistoryEvent[], dueMs: number, since: number): Cause[] {
  const from = events.findIndex(({ atMs }, index) => index >= since && atMs >= dueMs);
  if (from === -1) return [];
  const by = events.findIndex(({ type }, index) => type === 'quiet' && index > from);
  return [{ code: 'closed', from, by: by === -1 ? Infinity : by, fromMs: dueMs }];
}

function returnOf(events: readonly HistoryEvent[], call: number): number {
  const returned = events.findIndex(
    ({ type }, index) => index > call && (type === 'cancel-returned' || type === 'signal-aborted'),
  );
  return returned === -1 ? Infinity : returned;
}
