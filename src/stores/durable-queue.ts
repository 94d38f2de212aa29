/**
 * A queue whose entries are stored. Who runs when is decided in memory, as without a store; what happens is written to a
 * journal, and told when it is there. The lane of a turn stays closed until its end is stored, so that after a crash nothing
 * runs again behind which something else has begun.
 */
import type { Clock } from '../core/clock.ts';
import type { Entry, EntryExtras } from '../core/entry.ts';
import { endBadly } from '../core/following.ts';
import { HandlerQueue } from '../core/handler-queue.ts';
import type { UnstartedMessage } from '../core/message-queue.ts';
import { Pass } from '../core/passes.ts';
import { QueueError, quoteKey } from '../core/queue-error.ts';
import type { Outcome } from '../core/queue-event.ts';
import { checkKey } from '../core/queue-options.ts';
import { Session } from '../core/session.ts';
import type { CloseOptions, CloseReport } from '../core/session-queue.ts';
import type { DurableMessageOptions, DurableQueue as DurableQueueShape } from '../core/store.ts';
import { RefusedTicket } from '../core/ticket-promise.ts';
import type { TicketPromise } from '../core/ticket-promise.ts';
import { Burials } from './burials.ts';
import { Delays } from './delays.ts';
import { DurableEntry } from './durable-entry.ts';
import { Endings } from './endings.ts';
import { Holds } from './holds.ts';
import type { Journal, StoredDeadLetter, StoredEntry } from './journal.ts';
import { LiveTicket } from './live-ticket.ts';
import { readDurableMessageOptions, readDurableQueueOptions, readStoredOptions, storedOptions } from './options.ts';
import type { AnyDurableOptions, ReadMessageOptions } from './options.ts';
import { Payloads } from './payload.ts';
import { expiredError, hasExpired, inOrderOfArrival, sinceAmong, sinceOf } from './places.ts';
import { EndedTicket } from './stored-ticket.ts';
import { StoredEntries } from './stored-entries.ts';

export class DurableQueue extends HandlerQueue implements DurableQueueShape<unknown, unknown> {
  readonly deadLetters: Burials;
  readonly #entries: StoredEntries;
  readonly #endings: Endings;
  readonly #holds: Holds;
  readonly #delays: Delays;
  #delayed: Report['unstarted'] | undefined;
  #closed: Promise<Report> | undefined;

  constructor(options: AnyDurableOptions, journal: Journal, clock: Clock) {
    const limits = readDurableQueueOptions(options);
    const { rememberMs, rememberMax = mostTicketsKept } = options;
    // Those that end first are found in the store, however many it remembers; memory doesn't grow with them.
    super({ ...options, rememberMs, rememberMax: Math.min(rememberMax, mostTicketsKept) }, clock, limits);
    const { turns } = this;
    const payloads = new Payloads(options.codec, options.schema, options.maxBytes);
    this.#entries = new StoredEntries(journal, payloads, clock, rememberMs, (entry, error) =>
      this.#refuseStored(entry, error),
    );
    this.#holds = new Holds(turns);
    this.#delays = new Delays(turns, (entry) => this.#onDue(entry));
    this.#endings = new Endings(turns, this.#entries, this.#holds, {
      run: this.run,
      attempts: options.attempts ?? 1,
      backoff: options.backoff ?? {},
      blocks: options.onFailure === 'block',
    });
    this.deadLetters = new Burials(this.#entries, this.#holds, {
      revive: (letter) => this.#revive(letter),
      forget: ({ key, id }) => this.known.forget(key, id),
    });
    turns.ending = this.#endings;
    turns.countOn(journal.lastEpoch);
    turns.lanes.countOn(journal.lastNumber);
    if (options.onFailure === 'block') for (const { key } of journal.deadLetters(undefined)) this.#holds.block(key);
    this.#load(journal);
  }

  override enqueue(sessionKey: string, message: unknown, options?: DurableMessageOptions): TicketPromise {
    const { turns } = this;
    let read: ReadMessageOptions;
    let text: string;
    try {
      checkKey(sessionKey);
      read = readDurableMessageOptions(options, turns.clock.wall());
      text = this.#entries.payloads.encodeMessage(sessionKey, message);
    } catch (error) {
      return RefusedTicket.of(error, options?.id);
    }
    const { id, extras, delayMs } = read;
    const known = id === undefined ? undefined : this.#findTicket(sessionKey, id);
    if (known !== undefined) return known;
    const isAnswer = delayMs === 0 && turns.lanes.sessions.get(sessionKey)?.turn?.extras?.receiver?.isOpen;
    const refusal = this.refuse(sessionKey, extras, isAnswer);
    if (refusal !== undefined) return RefusedTicket.of(refusal, id);
    const number = turns.lanes.nextNumber();
    const nowMs = turns.clock.wall();
    const stored: StoredEntry = {
      number,
      key: sessionKey,
      id: id ?? `#${number}`,
      message: text,
      enqueuedMs: nowMs,
      dueMs: delayMs === 0 ? undefined : nowMs + delayMs,
      attempt: 0,
      failures: 0,
      options: storedOptions(read),
    };
    const entry = this.#makeEntry(stored, message, turns.passes.current(), extras, delayMs);
    this.#entries.append(entry);
    if (id !== undefined) this.known.add(sessionKey, id, entry);
    return this.#follow(entry, delayMs === 0 ? this.admit(entry) : this.#delay(entry, delayMs));
  }

  ticket(sessionKey: string, id: string): TicketPromise {
    const ticket = this.#findTicket(sessionKey, id);
    if (ticket !== undefined) return ticket;
    if (this.#entries.commits.isClosed) {
      const message = `Session ${quoteKey(sessionKey)}: the queue was closed; open one on the same store to ask for ${quoteKey(id)}.`;
      return RefusedTicket.of(new QueueError('closed', message), id);
    }
    const message = `Session ${quoteKey(sessionKey)}: there is no entry ${quoteKey(id)}, or it is no longer known.`;
    return RefusedTicket.of(new QueueError('unknown', message), id);
  }

  override cancel(sessionKey: string): readonly UnstartedMessage<unknown>[] {
    const waiting = super.cancel(sessionKey);
    const delayed = this.#dropDelayed(sessionKey, 'cancelled', 'cancel() took the delayed entry');
    // What the caller does with it next must not be undone by a crash.
    this.#entries.commits.commit();
    return [...waiting, ...delayed];
  }

  override close(options?: CloseOptions): Promise<Report> {
    // A later call may shorten the time, and gets the same report.
    const report = super.close(options);
    if (!this.turns.lanes.isStopped) return report;
    // Their time may come while the others drain: they would start behind what is aborted.
    this.#delayed ??= this.#dropDelayed(undefined, 'closed', 'the queue was closed; the delayed entry stays stored');
    return (this.#closed ??= this.#finish(report, this.#delayed));
  }

  async #finish(closing: Promise<Report>, delayed: Report['unstarted']): Promise<Report> {
    const { unstarted, stuck } = await closing;
    const { commits, journal } = this.#entries;
    commits.commit();
    commits.close();
    this.#holds.clear();
    journal.close();
    return { unstarted: [...unstarted, ...delayed], stuck };
  }

  protected override noteEnd(entry: Entry, outcome: Outcome): void {
    super.noteEnd(entry, outcome);
    if (!(entry instanceof DurableEntry)) return;
    this.#delays.remove(entry);
    this.#entries.leave(entry);
    this.#endings.note(entry, outcome);
  }

  #findTicket(key: string, id: string): TicketPromise | undefined {
    const live = this.#entries.find(key, id);
    if (live !== undefined) return live.ticket ?? this.#follow(live, live.result ?? Promise.resolve());
    // As long as it is known in this life, it is the same ticket.
    const { ticket } = this.known.find(key, id, this.turns.clock.now()) ?? {};
    if (ticket !== undefined) return ticket;
    try {
      if (this.#entries.commits.isClosed) return undefined;
      const ended = this.#entries.findEnded(key, id);
      if (ended === undefined) return undefined;
      return EndedTicket.of(id, key, ended, (text) => this.#entries.payloads.decodeResult(text));
    } catch (error) {
      // It is damaged, or its codec can't read it: nobody is to run it again for that.
      return RefusedTicket.of(error, id);
    }
  }

  #follow(entry: DurableEntry, result: Promise<unknown>): TicketPromise {
    const ticket = LiveTicket.of(result, entry, this.#entries);
    entry.ticket = ticket;
    return ticket;
  }

  #makeEntry(
    stored: StoredEntry,
    message: unknown,
    since: Pass,
    extras: EntryExtras | undefined,
    delayMs: number,
  ): DurableEntry {
    const { lanes } = this.turns;
    // One that is delayed is in no session yet.
    const session = delayMs === 0 ? lanes.sessionOf(stored.key) : new Session(stored.key, this.turns);
    return new DurableEntry(session, this.run, since, extras, message, stored);
  }

  #delay(entry: DurableEntry, delayMs: number): Promise<unknown> {
    this.#delays.add(entry, delayMs);
    this.noteEnqueued(entry);
    return this.turns.waitFor(entry, Promise);
  }

  /** Its time has come: it takes its place as if it were enqueued now. */
  #onDue(entry: DurableEntry): void {
    this.#arrive(entry);
    const receiver = entry.session.turn?.extras?.receiver;
    if (receiver?.isOpen === true) receiver.take(entry);
    else this.turns.lanes.admitLate(entry);
  }

  #arrive(entry: DurableEntry): void {
    const { lanes, passes } = this.turns;
    const { number, session } = entry;
    const place = lanes.nextNumber();
    this.#entries.commits.write({ type: 'due', number, place });
    entry.arrive(lanes.sessionOf(session.key), place, passes.current());
  }

  /** Takes in what earlier lives of the queue have left. */
  #load(journal: Journal): void {
    const { lanes, clock } = this.turns;
    // What can't be read is noticed before anything runs, and all are in line before the first has the lane.
    const all = inOrderOfArrival(journal.load());
    const messages = all.map((stored) => this.#entries.decodeMessage(stored));
    lanes.isPaused = true;
    let before: DurableEntry | undefined;
    for (const [index, stored] of all.entries()) {
      // Also where the wall clock was put back meanwhile.
      const sinceMs = Math.max(sinceOf(stored, clock), before?.since.startedMs ?? -Infinity);
      before = this.#admitStored(stored, messages[index], sinceMs, before?.place);
      if (hasExpired(stored, clock)) this.turns.drop(before, expiredError(stored));
    }
    this.resume();
  }

  #revive(letter: StoredDeadLetter): void {
    const { clock, lanes } = this.turns;
    const stored = { ...letter, failures: 0 };
    const message = this.#entries.decodeMessage(stored);
    this.known.forget(letter.key, letter.id);
    this.#admitStored(stored, message, sinceAmong(stored, lanes.sessions.get(letter.key), clock));
  }

  /** Takes in what an earlier life of the queue has left, behind the place that is given, or a dead letter that is to run again. */
  #admitStored(stored: StoredEntry, message: unknown, sinceMs: number, behind = 0): DurableEntry {
    const { clock, lanes } = this.turns;
    const { number, dueMs = 0 } = stored;
    const delayMs = Math.max(dueMs - clock.wall(), 0);
    const extras = readStoredOptions(stored.options, clock.wall() - stored.enqueuedMs);
    const entry = this.#makeEntry(stored, message, new Pass(sinceMs), extras, delayMs);
    entry.place = Math.max(number, behind);
    this.#entries.keep(entry);
    if (delayMs > 0) entry.result = this.#delay(entry, delayMs);
    else {
      if (stored.dueMs !== undefined) this.#arrive(entry);
      entry.result = this.turns.waitFor(entry, Promise);
      lanes.admitLate(entry);
      this.noteEnqueued(entry);
    }
    // Nobody may ever ask for it.
    entry.result.catch(() => undefined);
    return entry;
  }

  #dropDelayed(
    key: string | undefined,
    code: 'cancelled' | 'closed',
    what: string,
  ): readonly UnstartedMessage<unknown>[] {
    return this.#delays.of(key).map((entry) => {
      this.turns.drop(entry, new QueueError(code, `Session ${quoteKey(entry.session.key)}: ${what}.`));
      return this.handBack(entry);
    });
  }

  #refuseStored(entry: DurableEntry, error: QueueError): void {
    if (entry.state === 'running') this.turns.abort(entry, error);
    else if (entry.state === 'committing') {
      entry.state = 'running';
      endBadly(entry, error);
    } else if (isStillThere(entry)) this.turns.drop(entry, error);
  }
}

/** Of entries that have ended. */
const mostTicketsKept = 1000;

type Report = CloseReport<UnstartedMessage<unknown>>;

function isStillThere({ state }: Entry): boolean {
  return state === 'delayed' || state === 'waiting' || state === 'granted' || state === 'joined';
}
