/**
 * One thing that was enqueued, from its place in line to its end.
 *
 * Its states:
 * - `delayed`: its time to stand in line has not come
 * - `waiting`: in its session's line
 * - `granted`: it holds the lane, and its task is about to be called
 * - `running`: its task was called and has not ended
 * - `committing`: its task has ended, and how is being stored
 * - `aborting`: as `running`, but its caller was told and its signal aborted
 * - `released`: as `aborting`, but the lane was taken from it
 * - `joined`: it belongs to the turn of another entry, its `carrier`
 * - `dropped`: it left without having run
 * - `ended`: its task has ended
 */
import type { Timer } from './clock.ts';
import type { Pass } from './passes.ts';
import type { WaitingEntry } from './policy.ts';
import type { QueueError } from './queue-error.ts';
import type { Receiver } from './receiver.ts';
import type { Session } from './session.ts';
import type { Task } from './session-queue.ts';

export type EntryState =
  | 'delayed'
  | 'waiting'
  | 'granted'
  | 'running'
  | 'committing'
  | 'aborting'
  | 'released'
  | 'joined'
  | 'dropped'
  | 'ended';

// Hundreds of thousands of these can wait at once. What a plain entry doesn't need is in `extras`.
export class Entry {
  state: EntryState = 'waiting';
  session: Session;
  readonly number: number;
  task: Task<unknown>;
  /** The pass in which it was enqueued, and later the one in which its turn started. */
  since: Pass;
  epoch = 0;
  next: Entry | undefined;
  previous: Entry | undefined;
  /** While it waits, opens its gate. */
  open: ((entry: Entry) => void) | undefined;
  /** While its task runs, these tell the caller. */
  resolve: ((value: unknown) => void) | undefined;
  reject: ((reason: unknown) => void) | undefined;
  extras: EntryExtras | undefined;

  constructor(session: Session, number: number, task: Task<unknown>, since: Pass, extras: EntryExtras | undefined) {
    this.session = session;
    this.number = number;
    this.task = task;
    this.since = since;
    this.extras = extras;
  }

  get id(): string {
    return String(this.number);
  }

  /** Whether it is to run before the other, which waits in the same line. */
  goesBefore(other: Entry): boolean {
    const lead = other.rank() - this.rank();
    return lead > 0 || (lead === 0 && other.arrival > this.arrival);
  }

  /** Its number, unless it came into line later than it was enqueued. */
  get arrival(): number {
    return this.number;
  }

  /** The time it was enqueued, less its head start. */
  rank(): number {
    return this.extras === undefined ? this.since.startedMs : this.since.startedMs - this.extras.priority * 1000;
  }

  /** The extras, made when there are none yet. */
  more(): EntryExtras {
    return (this.extras ??= new EntryExtras());
  }
}

/** What only some entries have. */
export class EntryExtras {
  priority = 0;
  signal: AbortSignal | undefined;
  /** The listener on `signal`. */
  onSignal: (() => void) | undefined;
  ttlMs: number = Infinity;
  /** The turn's own limit; undefined leaves it to the queue's. */
  timeoutMs: number | undefined;
  /** Runs while the entry waits, then while its turn runs, then while the turn is aborting. */
  timer: Timer | undefined;
  idleTimer: Timer | undefined;
  progressedMs = 0;
  controller: AbortController | undefined;
  /** What the caller was or will be told instead of a result. */
  error: QueueError | undefined;
  abortedMs = 0;
  /** The entries that this turn's code awaits. */
  awaited: Set<Entry> | undefined;
  /** The turns whose code awaits this entry. */
  awaiters: Set<Entry> | undefined;
  hasLentSlot = false;
  /** What goes on when the turn has its slot again. */
  onSlot: (() => void) | undefined;
  /** The entry as its policy sees it, since it was first looked at. */
  view: WaitingEntry | undefined;
  /** Whether the policy dropped it at its first look. */
  isRefused = false;
  /** Whether it left a turn that it had joined and that had started. */
  hasRun = false;
  /** The entry whose turn it has joined. */
  carrier: Entry | undefined;
  /** What its turn starts with, itself included, where that is more than itself. */
  inputs: readonly Entry[] | undefined;
  /** What its turn has taken in since it runs, and not acknowledged. */
  taken: Entry[] | undefined;
  /** While its turn waits for an answer. */
  receiver: Receiver | undefined;
}
