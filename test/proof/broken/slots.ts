/** Queues that break what all sessions together promise: wake-ups, fairness, slots, and awaits without rings. */
import { QueueError } from '#src/index.ts';
import type { EntryOptions, Task } from '#src/index.ts';
import { currentTurn } from '../reference-entry.ts';
import type { End, Entry, Session } from '../reference-entry.ts';
import { ReferenceQueue } from '../reference-queue.ts';
import type { BrokenQueue } from './broken-queue.ts';

export const brokenSlots: readonly BrokenQueue[] = [
  {
    defect: 'wakes nobody after a failure',
    breaks: 'works while there is work',
    make: (...args) => new LosesWakeUps(...args),
  },
  {
    defect: 'wakes nobody when it is resumed',
    breaks: 'works while there is work',
    make: (...args) => new SleepsOn(...args),
  },
  {
    defect: 'keeps the slot of a turn that awaits another session',
    breaks: 'works while there is work',
    make: (...args) => new LendsNothing(...args),
  },
  {
    defect: 'never takes a lent slot back',
    breaks: 'no more turns than slots',
    make: (...args) => new LendsForEver(...args),
  },
  {
    defect: 'starts a turn that has a head start beside a full house',
    breaks: 'no more turns than slots',
    make: (...args) => new MakesExceptions(...args),
  },
  {
    defect: 'lets a session keep its slot while it has work',
    breaks: 'sessions take turns',
    make: (...args) => new KeepsSlots(...args),
  },
  {
    defect: 'frees a slot and hands it out later, to whoever comes meanwhile',
    breaks: 'a newcomer overtakes nobody',
    make: (...args) => new FreesThenAcquires(...args),
  },
  {
    defect: 'gives a slot to the session that became ready last',
    breaks: 'a newcomer overtakes nobody',
    make: (...args) => new PrefersNewcomers(...args),
  },
  {
    defect: 'sees no ring beyond the own session',
    breaks: 'a ring is refused',
    make: (...args) => new SeesNoRings(...args),
  },
  {
    defect: 'refuses to await any session that is busy',
    breaks: 'no false alarm',
    make: (...args) => new SeesRingsEverywhere(...args),
  },
  {
    defect: 'gives a turn that awaits an entry something else than its result',
    breaks: 'who awaits is told the same',
    make: (...args) => new DeceivesTurns(...args),
  },
];

class LosesWakeUps extends ReferenceQueue {
  #isDeaf = false;

  protected override end(entry: Entry, end: End): void {
    this.#isDeaf = end.type === 'failed';
    super.end(entry, end);
    this.#isDeaf = false;
  }

  protected override startReady(): void {
    if (!this.#isDeaf) super.startReady();
  }
}

class SleepsOn extends ReferenceQueue {
  override resume(sessionKey?: string): void {
    if (sessionKey === undefined) this.isPaused = false;
    else this.pausedKeys.delete(sessionKey);
  }
}

class LendsNothing extends ReferenceQueue {
  protected override slotsTaken(): number {
    return [...this.sessions.values()].filter(({ turn }) => turn !== undefined).length;
  }
}

class LendsForEver extends ReferenceQueue {
  readonly #lenders = new Set<Entry>();

  protected override onAwait(turn: Entry, entry: Entry): unknown {
    const refusal = super.onAwait(turn, entry);
    if (turn.awaited.size > 0) this.#lenders.add(turn);
    return refusal;
  }

  protected override slotsTaken(): number {
    const turns = [...this.sessions.values()].flatMap(({ turn }) => turn ?? []);
    return turns.filter((turn) => !this.#lenders.has(turn)).length;
  }
}

class MakesExceptions extends ReferenceQueue {
  protected override slotsTaken(): number {
    return (this.line[0]?.waiting[0]?.options.priority ?? 0) > 0 ? 0 : super.slotsTaken();
  }
}

class KeepsSlots extends ReferenceQueue {
  protected override freeLane(entry: Entry): void {
    super.freeLane(entry);
    const { session } = entry;
    if (this.isReady(session) && !this.line.includes(session)) this.line.unshift(session);
  }
}

class FreesThenAcquires extends ReferenceQueue {
  #isEnding = false;

  protected override end(entry: Entry, end: End): void {
    this.#isEnding = true;
    super.end(entry, end);
    this.#isEnding = false;
    this.clock.nextPass(() => this.startReady());
  }

  protected override startReady(): void {
    if (!this.#isEnding) super.startReady();
  }

  protected override joinLine(session: Session): void {
    if (this.slotsTaken() < (this.options.concurrency ?? Infinity)) this.line.unshift(session);
    else super.joinLine(session);
  }
}

class PrefersNewcomers extends ReferenceQueue {
  protected override joinLine(session: Session): void {
    this.line.unshift(session);
  }
}

class SeesNoRings extends ReferenceQueue {
  protected override onAwait(turn: Entry, entry: Entry): unknown {
    if (turn.session === entry.session) return super.onAwait(turn, entry);
    if (!entry.isTold) turn.awaited.add(entry);
    this.startSoon();
    return undefined;
  }
}

class SeesRingsEverywhere extends ReferenceQueue {
  protected override onAwait(turn: Entry, entry: Entry): unknown {
    const isBusy = entry.session.turn !== undefined && entry.session.turn !== entry;
    return isBusy ? new QueueError('deadlock', 'deadlock') : super.onAwait(turn, entry);
  }
}

class DeceivesTurns extends ReferenceQueue {
  override enqueue<Value>(sessionKey: string, task: Task<Value>, options?: EntryOptions): Promise<Value> {
    const promise = super.enqueue(sessionKey, task, options);
    const then = promise.then.bind(promise);
    promise.then = (onFulfilled, onRejected) => {
      if (currentTurn.getStore() === undefined) return then(onFulfilled, onRejected);
      return then(() => Promise.reject(new Error('nothing')), undefined).then(undefined, onRejected);
    };
    return promise;
  }
}
