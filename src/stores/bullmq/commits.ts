/**
 * Writes what happens to leased entries: for each session all that happened in one pass of the event loop at once, and the next
 * only when that is stored. What can't be written is kept and tried again until the lease is lost.
 */
import type { Clock } from '../../core/clock.ts';
import type { Backoff, StoredError } from '../../core/store.ts';
import type { DurableEntry } from '../durable-entry.ts';
import { delayBefore } from '../endings.ts';
import type { EndingEntries } from '../endings.ts';
import type { Ended, Line } from '../journal.ts';
import type { Payloads } from '../payload.ts';
import type { Act, Lease } from './lease.ts';
import { LeasedEntry } from './leased-entry.ts';
import * as lua from './lua-leases.ts';
import { asList, writeState } from './records.ts';
import type { BullmqEnding, DeadRecord } from './records.ts';
import type { Server } from './server.ts';

const tryAgainMs = 250;

export interface CommitSettings {
  readonly backoff: Backoff;
  readonly rememberMs: number;
  readonly blocks: boolean;
}

export class Commits implements EndingEntries {
  readonly payloads: Payloads;
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #settings: CommitSettings;
  readonly #due: Set<Lease> = new Set();
  /** Told when a commit was refused because the lease is lost, and after each that was not, with how many jobs wait. */
  onLost: (lease: Lease) => void = () => undefined;
  onCommitted: (lease: Lease, waitingJobs: number) => void = () => undefined;
  /** Whether a session has nothing left but what is being written. */
  isLast: (lease: Lease) => boolean = () => false;

  constructor(server: Server, payloads: Payloads, clock: Clock, settings: CommitSettings) {
    this.#server = server;
    this.payloads = payloads;
    this.#clock = clock;
    this.#settings = settings;
  }

  write(entry: DurableEntry, line: Line): void {
    if (!(entry instanceof LeasedEntry)) return;
    switch (line.type) {
      case 'start':
        this.#act({ what: 'state', entry, text: writeState({ ...stateOf(entry), heldUntilMs: 0 }) });
        return;
      case 'again': {
        const heldUntilMs = this.#server.serverMs() + delayBefore(line.failures, this.#settings.backoff);
        this.#act({ what: 'state', entry, text: writeState({ ...stateOf(entry), heldUntilMs }) });
        return;
      }
      case 'end':
        this.#act({ what: 'end', entry, text: JSON.stringify(line.ending) });
        return;
      case 'forget':
        this.#act({ what: 'drop', entry, text: JSON.stringify(droppedEnding(entry)) });
        return;
      case 'bury':
        this.#act({ what: 'bury', entry, text: JSON.stringify(deadRecord(entry, line)) });
        if (this.#settings.blocks) this.#act({ what: 'block', entry, text: '' });
        break;
      // Those are written where entries are enqueued and dead letters decided about.
      case 'append':
      case 'due':
      case 'revive':
      case 'discard':
        break;
      default:
        line satisfies never;
    }
  }

  end(entry: DurableEntry, ending: Ended['ending']): void {
    entry.hasEnded = true;
    this.write(entry, {
      type: 'end',
      number: entry.number,
      entry: entry.stored,
      ending,
      endedMs: this.#clock.wall(),
    });
  }

  bury(entry: DurableEntry, error: StoredError): void {
    entry.hasEnded = true;
    this.write(entry, { type: 'bury', number: entry.number, error, failedMs: this.#clock.wall() });
  }

  keep(entry: DurableEntry): void {
    if (entry instanceof LeasedEntry && entry.lease.state !== 'over') entry.lease.entries.set(entry.id, entry);
  }

  /** Whatever could not be stored is told by whoever has the session next. */
  lossOf(): undefined {
    return undefined;
  }

  committed(entry: DurableEntry): Promise<void> {
    return entry instanceof LeasedEntry ? this.written(entry.lease) : Promise.resolve();
  }

  /** Resolves when all that happened to the session so far is stored, or can't be any more. */
  written(lease: Lease): Promise<void> {
    if (lease.state === 'over' || (lease.acts.length === 0 && !lease.isWriting)) return Promise.resolve();
    return new Promise((resolve) => lease.waiters.push(resolve));
  }

  /** Nothing more is written about it. */
  giveUp(lease: Lease): void {
    lease.acts = [];
    for (const resolve of lease.waiters.splice(0)) resolve();
  }

  #act(act: Act): void {
    const { lease } = act.entry;
    if (lease.state === 'over') return;
    lease.acts.push(act);
    this.#schedule(lease);
  }

  #schedule(lease: Lease): void {
    if (lease.isWriting) return;
    if (this.#due.size === 0) {
      this.#clock.nextPass(() => {
        const due = [...this.#due];
        this.#due.clear();
        for (const each of due) void this.#write(each);
      });
    }
    this.#due.add(lease);
  }

  async #write(lease: Lease): Promise<void> {
    if (lease.isWriting || lease.state === 'over' || lease.acts.length === 0) return;
    const { acts } = lease;
    const waiters = lease.waiters.splice(0);
    lease.acts = [];
    lease.isWriting = true;
    let answer: readonly unknown[];
    try {
      answer = asList(await this.#server.run(lua.commit, this.#toArguments(lease, acts)));
    } catch {
      lease.isWriting = false;
      lease.acts = [...acts, ...lease.acts];
      lease.waiters = [...waiters, ...lease.waiters];
      if (isOver(lease)) this.giveUp(lease);
      else this.#clock.setTimer(() => this.#schedule(lease), tryAgainMs);
      return;
    }
    lease.isWriting = false;
    const [status, waitingJobs] = answer;
    if (status === 'fenced') {
      this.onLost(lease);
      for (const resolve of waiters) resolve();
      return;
    }
    lease.isReleased = status === 'released';
    const ended = acts.filter(({ what }) => what === 'end' || what === 'drop' || what === 'bury');
    for (const { entry } of ended) entry.isEndStored = true;
    // What was read before this was written may be looked at later.
    this.#clock.nextPass(() => {
      for (const { entry } of ended) if (lease.entries.get(entry.id)?.hasEnded) lease.entries.delete(entry.id);
    });
    for (const resolve of waiters) resolve();
    if (lease.acts.length > 0) this.#schedule(lease);
    // They came while it was written, with nothing more to write.
    else for (const resolve of lease.waiters.splice(0)) resolve();
    this.onCommitted(lease, Number(waitingJobs));
  }

  #toArguments(lease: Lease, acts: readonly Act[]): (string | number)[] {
    const { keyText, job, token, lastEpoch } = lease;
    const isLast = this.isLast(lease) ? 1 : 0;
    const texts: (string | number)[] = [keyText, job, token, lastEpoch, this.#settings.rememberMs, isLast];
    const hasEnd = new Set(acts.filter(({ what }) => what !== 'state').map(({ entry }) => entry.id));
    for (const { what, entry, text } of acts) {
      // Of an entry that ends in the same pass nobody has to know that it started.
      if (what === 'state' && hasEnd.has(entry.id)) continue;
      texts.push(what, JSON.stringify(entry.id), text, entry.record.from);
    }
    return texts;
  }
}

// It may have become so while something was awaited.
function isOver({ state }: Lease): boolean {
  return state === 'over';
}

function stateOf({ starts, failures }: LeasedEntry): { readonly starts: number; readonly failures: number } {
  return { starts, failures };
}

function droppedEnding({ extras }: LeasedEntry): BullmqEnding {
  const { error } = extras ?? {};
  return { type: 'dropped', code: error?.code ?? 'cancelled', message: error?.message ?? '' };
}

function deadRecord(entry: LeasedEntry, { error, failedMs }: Extract<Line, { type: 'bury' }>): DeadRecord {
  const { place, starts, record } = entry;
  return { type: 'failed', error, place, failedMs, starts, record };
}
