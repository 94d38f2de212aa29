/**
 * The lanes of this process: the sessions that it has now run in them as in any queue, with its policy, limits and slots. What
 * they come from and where their ends are written is not known here.
 */
import type { Clock } from '../../core/clock.ts';
import { HandlerQueue } from '../../core/handler-queue.ts';
import { endBadly } from '../../core/following.ts';
import type { Entry } from '../../core/entry.ts';
import { returnTaken } from '../../core/members.ts';
import { Pass } from '../../core/passes.ts';
import { QueueError, quoteKey } from '../../core/queue-error.ts';
import type { Outcome } from '../../core/queue-event.ts';
import { outcomeOf } from '../../core/ticket-promise.ts';
import type { Session } from '../../core/session.ts';
import type { Task } from '../../core/session-queue.ts';
import type { Backoff } from '../../core/store.ts';
import type { Turns } from '../../core/turns.ts';
import { release } from '../../core/watch.ts';
import { DurableEntry } from '../durable-entry.ts';
import { delayBefore, Endings } from '../endings.ts';
import { Holds } from '../holds.ts';
import { readDurableQueueOptions, readStoredOptions } from '../options.ts';
import type { AnyDurableOptions } from '../options.ts';
import type { Commits } from './commits.ts';
import type { Lease } from './lease.ts';
import { LeasedEntry } from './leased-entry.ts';
import { storedEntry } from './records.ts';
import type { ReadEntry } from './records.ts';
import type { Tickets } from './tickets.ts';

export class LocalQueue extends HandlerQueue {
  readonly holds: Holds;
  /** Told of a session to which something has happened. */
  onTouched: (key: string) => void = () => undefined;
  readonly #commits: Commits;
  readonly #tickets: Tickets;
  readonly #endings: Endings;
  readonly #backoff: Backoff;

  constructor(options: AnyDurableOptions, commits: Commits, tickets: Tickets, clock: Clock) {
    const limits = readDurableQueueOptions(options);
    // Limits on what is pending are kept where all processes see them.
    super(options, clock, { ...limits, maxPending: Infinity, maxPendingPerSession: Infinity });
    this.#commits = commits;
    this.#tickets = tickets;
    this.#backoff = options.backoff ?? {};
    this.holds = new Holds(this.turns);
    const touch = ({ session }: Entry): void => this.onTouched(session.key);
    this.#endings = new TouchingEndings(touch, this.turns, commits, this.holds, {
      run: this.run,
      attempts: options.attempts ?? 1,
      backoff: this.#backoff,
      blocks: options.onFailure === 'block',
    });
    this.turns.ending = this.#endings;
  }

  get lanes(): Turns['lanes'] {
    return this.turns.lanes;
  }

  get engine(): Turns {
    return this.turns;
  }

  /** Takes in an entry of a session that this process has. @param isNew whether it has arrived just now */
  take(lease: Lease, read: ReadEntry, serverMs: number, isNew: boolean): void {
    const { id, place, record, state } = read;
    if (lease.state === 'over' || lease.entries.has(id)) return;
    const { lanes, clock } = this.turns;
    const stored = storedEntry(lease.key, read);
    const ageMs = Math.max(serverMs - stored.number / 1000 + record.delayMs, 0);
    const { message, unreadable } = this.#decode(record.message);
    const session = lanes.sessionOf(lease.key);
    const since = new Pass(clock.now() - ageMs);
    const extras = readStoredOptions(record.options, ageMs);
    const entry = new LeasedEntry(session, this.run, since, extras, message, stored, {
      lease,
      place,
      record,
      unreadable,
    });
    lease.entries.set(id, entry);
    lease.notePlace(place);
    entry.result = this.turns.waitFor(entry, Promise);
    this.#tell(entry, entry.result);
    if (state.heldUntilMs > serverMs) {
      // As long as its last attempt was to wait; and no longer than this process would have it wait.
      const mostMs = delayBefore(state.failures, this.#backoff);
      this.holds.holdFor(lease.key, Math.min(state.heldUntilMs - serverMs, mostMs));
    }
    const receiver = session.turn?.extras?.receiver;
    if (isNew && receiver?.isOpen === true) receiver.take(entry);
    else lanes.admitLate(entry);
    this.noteEnqueued(entry);
  }

  /** Takes what waits out of the lanes again, without a word: it is stored, and another process will have it. */
  forgetWaiting(session: Session): void {
    const { lanes } = this.turns;
    lanes.heldKeys.add(session.key);
    for (let entry = session.first; entry !== undefined; entry = session.first) {
      entry.state = 'dropped';
      release(entry);
      lanes.leaveLine(entry);
    }
  }

  /** The entry was taken out of its line in Redis. */
  withdraw(entry: LeasedEntry, error: QueueError): void {
    entry.hasEnded = true;
    entry.lease.entries.delete(entry.id);
    const isWaiting = entry.state === 'waiting' || entry.state === 'granted' || entry.state === 'joined';
    if (isWaiting) this.turns.drop(entry, error);
    else this.turns.abort(entry, error);
  }

  /** The session is another's now: its turn is aborted, and nothing that it still does is written. */
  lose(key: string): void {
    const session = this.turns.lanes.sessions.get(key);
    const turn = session?.turn;
    if (session !== undefined) {
      this.turns.inOneStep(() => {
        this.turns.lanes.heldKeys.add(key);
        if (turn?.state === 'committing') {
          turn.state = 'running';
          endBadly(turn, lostError(key));
        } else if (turn?.state === 'granted') this.turns.drop(turn, lostError(key));
        else if (turn !== undefined) returnTaken(turn);
        this.forgetWaiting(session);
      });
    }
    this.letRun(key);
    // Last, since its own code runs in there.
    if (turn !== undefined && session?.turn === turn) this.turns.abort(turn, lostError(key));
  }

  /** Nothing holds the session any more, as far as this process knows. */
  letRun(key: string): void {
    this.holds.endHold(key);
    this.holds.unblock(key);
    this.turns.lanes.heldKeys.delete(key);
  }

  protected override noteEnd(entry: Entry, outcome: Outcome): void {
    // Who has it now tells how it ended.
    if (entry.extras?.error?.code !== 'lost') super.noteEnd(entry, outcome);
    if (!(entry instanceof DurableEntry)) return;
    this.#endings.note(entry, outcome);
    this.onTouched(entry.session.key);
  }

  // Whose ticket is here is told at once when it is stored, with the very value or error.
  #tell(entry: LeasedEntry, result: Promise<unknown>): void {
    const { key } = entry.session;
    const tell = async (outcome: Parameters<Tickets['settle']>[2], reason?: unknown): Promise<void> => {
      const last = entry.latest;
      await this.#commits.committed(last);
      // Its turn was aborted by the close of this queue, and it stays stored.
      const isClosed = reason instanceof QueueError && reason.code === 'closed';
      if (last.isEndStored || isClosed) this.#tickets.settle(key, entry.id, outcome, reason);
    };
    void result.then(
      (value) => tell({ type: 'done', value }),
      (error: unknown) => tell(outcomeOf(entry.latest, error), error),
    );
  }

  // A message that can't be read fails its turn, and nothing else.
  #decode(text: string): { readonly message: unknown; readonly unreadable: Task<never> | undefined } {
    try {
      return { message: this.#commits.payloads.decodeMessage(text), unreadable: undefined };
    } catch (error) {
      return { message: undefined, unreadable: () => Promise.reject(error) };
    }
  }
}

/** Says of which session a turn has really ended. */
class TouchingEndings extends Endings {
  readonly #touch: (entry: Entry) => void;

  constructor(touch: (entry: Entry) => void, ...rest: ConstructorParameters<typeof Endings>) {
    super(...rest);
    this.#touch = touch;
  }

  override succeeded(entry: Entry, value: unknown): void {
    super.succeeded(entry, value);
    this.#touch(entry);
  }

  override failed(entry: Entry, reason: unknown): void {
    super.failed(entry, reason);
    this.#touch(entry);
  }

  override released(entry: Entry): void {
    super.released(entry);
    this.#touch(entry);
  }

  override started(entry: Entry): void {
    if (entry instanceof LeasedEntry) {
      entry.lease.turns += 1;
      entry.lease.lastEpoch = entry.epoch;
    }
    super.started(entry);
  }
}

function lostError(key: string): QueueError {
  const wayOut = 'Its entries run there; give this process more time to answer, or raise takeoverMs.';
  return new QueueError('lost', `Session ${quoteKey(key)}: another process has taken it over. ${wayOut}`);
}
