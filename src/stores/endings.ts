/**
 * How the turns of a queue with a store end: well, for good, or to be run again.
 *
 * A turn that has ended stays in its lane, `committing`, until that is stored, together with what became of the entries that
 * shared it. One that is to run again goes back to its place, with those that shared it, and its session is held for a while.
 */
import type { Entry } from '../core/entry.ts';
import { endBadly, endWell } from '../core/following.ts';
import { inputsOf, mergedError } from '../core/members.ts';
import type { Outcome } from '../core/queue-event.ts';
import type { QueueError } from '../core/queue-error.ts';
import type { Session } from '../core/session.ts';
import type { Task } from '../core/session-queue.ts';
import type { Backoff, StoredError } from '../core/store.ts';
import type { Ending, Turns } from '../core/turns.ts';
import { release } from '../core/watch.ts';
import { DurableEntry } from './durable-entry.ts';
import type { Holds } from './holds.ts';
import type { Ended, Line } from './journal.ts';
import type { Payloads } from './payload.ts';
import { runAgain } from './run-again.ts';
import { storeError } from './stored-ticket.ts';

export class Endings implements Ending {
  readonly #turns: Turns;
  readonly #entries: EndingEntries;
  readonly #holds: Holds;
  readonly #settings: EndingSettings;

  constructor(turns: Turns, entries: EndingEntries, holds: Holds, settings: EndingSettings) {
    this.#turns = turns;
    this.#entries = entries;
    this.#holds = holds;
    this.#settings = settings;
  }

  started(entry: Entry): void {
    for (const input of inputsOf(entry)) {
      if (!(input instanceof DurableEntry)) continue;
      input.starts += 1;
      this.#entries.write(input, { type: 'start', number: input.number, attempt: input.attempt });
    }
  }

  succeeded(entry: Entry, value: unknown): void {
    if (!(entry instanceof DurableEntry) || entry.state !== 'running') {
      this.failed(entry, undefined);
      return;
    }
    let text: string;
    try {
      text = this.#entries.payloads.encodeResult(value);
    } catch (error) {
      this.failed(entry, error);
      return;
    }
    this.#entries.end(entry, { type: 'done', value: text });
    this.#endMembers(entry, [...inputsOf(entry), ...(entry.extras?.taken ?? [])]);
    this.#commit(entry, () => endWell(entry, value));
  }

  failed(entry: Entry, reason: unknown): void {
    if (!(entry instanceof DurableEntry)) endBadly(entry, reason);
    else if (entry.willRunAgain) this.#runAgain(entry, entry.extras?.error);
    // Its end was stored when it was aborted.
    else if (entry.state !== 'running') endBadly(entry, reason);
    else if (this.#hasAttempts(entry)) this.#runAgain(entry, reason);
    else {
      this.bury(entry, reason);
      this.#commit(entry, () => endBadly(entry, reason));
    }
  }

  willRunAgain(entry: Entry, error: QueueError): boolean {
    if (!(entry instanceof DurableEntry)) return false;
    entry.willRunAgain = isTimeout(error) && this.#hasAttempts(entry);
    return entry.willRunAgain;
  }

  givesUp(entry: Entry): boolean {
    if (!(entry instanceof DurableEntry)) return false;
    const wouldHaveRun = entry.willRunAgain;
    entry.willRunAgain = false;
    return wouldHaveRun;
  }

  released(entry: Entry): void {
    if (!(entry instanceof DurableEntry) || !entry.willRunAgain) return;
    entry.willRunAgain = false;
    this.#requeue(entry, entry.extras?.error);
  }

  /** An entry has ended otherwise than by its own task. */
  note(entry: DurableEntry, outcome: Outcome): void {
    const { error } = entry.extras ?? {};
    if (entry.failures > 0 && outcome === 'dropped' && !hasFailedBefore(entry.session)) {
      this.#holds.endHold(entry.session.key);
    }
    // It stays stored for the next life, or was never stored.
    if (entry.hasEnded || isLeftAlone(error)) return;
    if (outcome === 'dropped') {
      entry.hasEnded = true;
      this.#entries.write(entry, { type: 'forget', number: entry.number });
    } else if (outcome === 'merged') {
      const { carrier } = entry.extras ?? {};
      if (carrier !== undefined && !isLeftAlone(carrier.extras?.error)) {
        this.#entries.end(entry, { type: 'merged', into: carrier.id });
      }
    } else if (isTimeout(error)) this.bury(entry, error);
    else this.#entries.end(entry, { type: 'failed', error: storeError(error) });
  }

  /**
   * The entry has failed for good, and so have those that it has carried from their start and that have no attempt left either.
   * The others wait again when the turn has ended, as what it has taken in does.
   */
  bury(entry: DurableEntry, reason: unknown): void {
    const { last, others } = this.#divide(entry);
    for (const input of last) this.#buryOne(input, reason);
    if (others.length === 0) return;
    const extras = entry.more();
    extras.inputs = last;
    extras.taken = [...others, ...(extras.taken ?? [])];
    this.#countFailure(entry, others);
  }

  #buryOne(entry: DurableEntry, reason: unknown): void {
    this.#entries.bury(entry, storeError(reason));
    if (this.#settings.blocks) this.#holds.block(entry.session.key);
  }

  /** What the turn has started with: those that have run for the last time, and the others. */
  #divide(turn: DurableEntry): { readonly last: readonly DurableEntry[]; readonly others: readonly DurableEntry[] } {
    const inputs = inputsOf(turn).filter((input) => input instanceof DurableEntry);
    const others = inputs.filter((input) => this.#hasAttempts(input));
    return { last: inputs.filter((input) => !others.includes(input)), others };
  }

  /** Gives how long the session waits before it tries them again. */
  #countFailure({ session }: DurableEntry, inputs: readonly DurableEntry[]): number {
    for (const input of inputs) {
      input.failures += 1;
      this.#entries.write(input, { type: 'again', number: input.number, failures: input.failures });
    }
    // Whoever has failed most often says how long: one that has just joined is not to hurry it.
    const delayMs = delayBefore(Math.max(...inputs.map(({ failures }) => failures)), this.#settings.backoff);
    this.#holds.holdFor(session.key, delayMs);
    return delayMs;
  }

  #endMembers(carrier: Entry, members: readonly Entry[]): void {
    for (const member of members) {
      const isMember = member instanceof DurableEntry && member !== carrier && member.state === 'joined';
      if (isMember && !member.hasEnded) this.#entries.end(member, { type: 'merged', into: carrier.id });
    }
  }

  #commit(entry: DurableEntry, end: () => void): void {
    entry.state = 'committing';
    release(entry);
    void this.#entries.committed(entry).then(() => {
      // An entry that could not be stored has been told already, and has no end.
      if (entry.state !== 'committing') return;
      entry.isEndStored = true;
      entry.state = 'running';
      const loss = this.#entries.lossOf(entry);
      if (loss === undefined) end();
      else endBadly(entry, loss);
    });
  }

  #hasAttempts(entry: DurableEntry): boolean {
    return entry.failures + 1 < (entry.stored.options.attempts ?? this.#settings.attempts);
  }

  #runAgain(entry: DurableEntry, reason: unknown): void {
    this.#requeue(entry, reason);
    // Its caller isn't told: what it holds follows the next attempt.
    entry.state = 'aborting';
    endBadly(entry, reason);
  }

  #requeue(entry: DurableEntry, reason: unknown): void {
    const { last, others } = this.#divide(entry);
    for (const input of last) {
      this.#buryOne(input, reason);
      // Its caller is told by whoever carries it, as of any turn.
      this.#turns.merge(input, mergedError(entry.session.key, entry.id));
    }
    this.#turns.tellAgain(entry, reason, this.#countFailure(entry, others));
    const next = runAgain(entry, this.#settings.run);
    this.#entries.keep(next);
    // It may have aborted while the turn, which was out of time, came to its end: nobody listened then.
    if (next.extras?.signal?.aborted === true) next.extras.onSignal?.();
  }
}

/** The stored entries, as far as endings need them. */
export interface EndingEntries {
  readonly payloads: Payloads;
  /** Writes what happens to an entry, soon. */
  write(entry: DurableEntry, line: Line): void;
  end(entry: DurableEntry, ending: Ended['ending']): void;
  bury(entry: DurableEntry, error: StoredError): void;
  /** The next attempt of an entry takes its place. */
  keep(entry: DurableEntry): void;
  /** Resolves when all that was written about the entry's turn is stored, or can't be any more. */
  committed(entry: DurableEntry): Promise<void>;
  /** What its caller is told instead, where its end could not be stored before the queue was closed. */
  lossOf(entry: DurableEntry): QueueError | undefined;
}

export interface EndingSettings {
  readonly run: Task<unknown>;
  readonly attempts: number;
  readonly backoff: Backoff;
  /** Whether a dead letter holds its session. */
  readonly blocks: boolean;
}

export function delayBefore(failures: number, { firstMs = 1000, factor = 2, maxMs = 60_000 }: Backoff): number {
  // However often it has failed: 0 times Infinity is no number.
  return firstMs === 0 ? 0 : Math.min(firstMs * factor ** (failures - 1), maxMs);
}

/** Whether anybody waits whose turn has failed: the hold is theirs. */
function hasFailedBefore(session: Session): boolean {
  for (let entry = session.first; entry !== undefined; entry = entry.next) {
    if (entry instanceof DurableEntry && entry.failures > 0) return true;
  }
  return false;
}

function isTimeout(error: QueueError | undefined): boolean {
  return error?.code === 'timeout' || error?.code === 'idle-timeout';
}

// Nothing of it is stored, or its end is another's to write.
const leftAlone: readonly string[] = ['closed', 'lost', 'not-stored', 'maybe-stored'];

function isLeftAlone(error: QueueError | undefined): boolean {
  return error !== undefined && leftAlone.includes(error.code);
}
