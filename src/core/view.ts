/** One session as its policy sees it. */
import type { Entry } from './entry.ts';
import { messageOf } from './message-entry.ts';
import type { Planning } from './planner.ts';
import type { PolicyView, RunningTurn, WaitingEntry } from './policy.ts';
import type { RecentStarts } from './recent-starts.ts';
import type { Session } from './session.ts';

interface Sight {
  readonly view: PolicyView;
  /** Those that are seen for the first time. */
  readonly fresh: ReadonlySet<Entry>;
}

/** Makes the view, and brings what is known of arrivals up to date. */
export function viewOf(session: Session, planning: Planning, nowMs: number, starts: RecentStarts): Sight {
  const waiting: WaitingEntry[] = [];
  const fresh = new Set<Entry>();
  if (session.first === undefined) planning.firstArrivalMs = undefined;
  let firstMs = planning.firstArrivalMs ?? Infinity;
  for (let entry = session.first; entry !== undefined; entry = entry.next) {
    const extras = entry.more();
    if (extras.view === undefined) fresh.add(entry);
    extras.view ??= new SeenEntry(entry, extras.priority);
    waiting.push(extras.view);
    firstMs = Math.min(firstMs, extras.view.enqueuedMs);
    planning.lastArrivalMs = Math.max(planning.lastArrivalMs, extras.view.enqueuedMs);
  }
  planning.firstArrivalMs = session.first === undefined ? undefined : firstMs;
  const view: PolicyView = {
    key: session.key,
    nowMs,
    waiting,
    running: session.turn === undefined ? undefined : showTurn(session.turn, nowMs),
    firstArrivalMs: session.first === undefined ? nowMs : firstMs,
    lastArrivalMs: session.first === undefined ? nowMs : planning.lastArrivalMs,
    startsMs: starts.of(session.key, nowMs),
  };
  return { view, fresh };
}

/** The entry behind what a policy was shown of it. */
export function entryOf(seen: WaitingEntry): Entry | undefined {
  return SeenEntry.entryOf(seen);
}

class SeenEntry implements WaitingEntry {
  readonly id: string;
  readonly arrival: number;
  readonly enqueuedMs: number;
  readonly priority: number;
  readonly message: unknown;
  // A policy can't reach it, and looking one up needs no map of a long line.
  readonly #entry: Entry;

  constructor(entry: Entry, priority: number) {
    this.id = entry.id;
    this.arrival = entry.arrival;
    this.enqueuedMs = entry.since.startedMs;
    this.priority = priority;
    this.message = messageOf(entry);
    this.#entry = entry;
  }

  static entryOf(seen: WaitingEntry): Entry | undefined {
    return #entry in seen ? seen.#entry : undefined;
  }
}

// Until its task is called, `since` is when it was enqueued.
function showTurn({ id, since, state }: Entry, nowMs: number): RunningTurn {
  return { id, startedMs: state === 'granted' ? nowMs : since.startedMs, isAborting: state === 'aborting' };
}
