/** One session as its policy sees it. */
import type { Entry } from './entry.ts';
import { messageOf } from './message-entry.ts';
import type { Planning } from './planner.ts';
import type { PolicyView, RunningTurn, WaitingEntry } from './policy.ts';
import type { RecentStarts } from './recent-starts.ts';
import type { Session } from './session.ts';

interface Seen {
  readonly view: PolicyView;
  /** The entry behind each that the view shows. */
  readonly entries: ReadonlyMap<WaitingEntry, Entry>;
  /** Those that are seen for the first time. */
  readonly fresh: ReadonlySet<Entry>;
}

/** Makes the view, and brings what is known of arrivals up to date. */
export function viewOf(session: Session, planning: Planning, nowMs: number, starts: RecentStarts): Seen {
  const entries = new Map<WaitingEntry, Entry>();
  const fresh = new Set<Entry>();
  if (session.first === undefined) planning.firstArrivalMs = undefined;
  let firstMs = planning.firstArrivalMs ?? Infinity;
  for (let entry = session.first; entry !== undefined; entry = entry.next) {
    const extras = entry.more();
    if (extras.view === undefined) fresh.add(entry);
    extras.view ??= show(entry, extras.priority);
    entries.set(extras.view, entry);
    firstMs = Math.min(firstMs, extras.view.enqueuedMs);
    planning.lastArrivalMs = Math.max(planning.lastArrivalMs, extras.view.enqueuedMs);
  }
  planning.firstArrivalMs = session.first === undefined ? undefined : firstMs;
  const view: PolicyView = {
    key: session.key,
    nowMs,
    waiting: [...entries.keys()],
    running: session.turn === undefined ? undefined : showTurn(session.turn),
    firstArrivalMs: session.first === undefined ? nowMs : firstMs,
    lastArrivalMs: session.first === undefined ? nowMs : planning.lastArrivalMs,
    startsMs: starts.of(session.key, nowMs),
  };
  return { view, entries, fresh };
}

function show(entry: Entry, priority: number): WaitingEntry {
  const { id, number, since } = entry;
  return { id, arrival: number, enqueuedMs: since.startedMs, priority, message: messageOf(entry) };
}

function showTurn({ id, since, state }: Entry): RunningTurn {
  return { id, startedMs: since.startedMs, isAborting: state === 'aborting' };
}
