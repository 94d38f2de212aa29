/** Queues that break what one session promises: order, exclusion, one run each. */
import { QueueError } from '#src/index.ts';
import type { QueueErrorCode, Turn } from '#src/index.ts';
import { currentTurn } from '../reference-entry.ts';
import type { End, Entry, Session } from '../reference-entry.ts';
import { ReferenceQueue } from '../reference-queue.ts';
import type { BrokenQueue } from './broken-queue.ts';

export const brokenLanes: readonly BrokenQueue[] = [
  {
    defect: 'forgets a session while entries of it wait',
    breaks: 'one turn at a time',
    make: (...args) => new ForgetsTooEarly(...args),
  },
  {
    defect: 'takes a thenable for a result and starts the next turn beside it',
    breaks: 'one turn at a time',
    make: (...args) => new IgnoresThenables(...args),
  },
  {
    defect: 'starts the next turn at a timeout while the old one still runs',
    breaks: 'one turn at a time',
    make: (...args) => new ReplacesOverdueTurns(...args),
  },
  {
    defect: 'opens the lane again when a turn ends that had lost it before',
    breaks: 'one turn at a time',
    make: (...args) => new TrustsZombies(...args),
  },
  {
    defect: 'runs the latest entry first once two wait',
    breaks: 'in order',
    make: (...args) => new LastInFirstOut(...args),
  },
  {
    defect: 'ignores priorities',
    breaks: 'in order',
    make: (...args) => new IgnoresPriorities(...args),
  },
  {
    defect: 'lets a higher priority go first however long others have waited',
    breaks: 'in order',
    make: (...args) => new StarvesLowPriorities(...args),
  },
  {
    defect: 'tells a turn the key of the turn before',
    breaks: 'nothing from nowhere',
    make: (...args) => new MixesUpKeys(...args),
  },
  {
    defect: 'puts a cancelled turn back into its line',
    breaks: 'no second run',
    make: (...args) => new RunsCancelledAgain(...args),
  },
  {
    defect: 'tells the caller of an abort but leaves the entry in line',
    breaks: 'what was dropped never runs',
    make: (...args) => new RunsAborted(...args),
  },
  {
    defect: 'still takes entries when it was stopped',
    breaks: 'what was dropped never runs',
    make: (...args) => new NeverStops(...args),
  },
  {
    defect: 'gives the turn after a release the same epoch',
    breaks: 'epochs grow',
    make: (...args) => new FencesNobody(...args),
  },
  {
    defect: 'ignores the pause of a key',
    breaks: 'a pause holds',
    make: (...args) => new IgnoresPausedKeys(...args),
  },
  {
    defect: 'runs a task in the context of whoever ended before it',
    breaks: 'each task in its own context',
    make: (...args) => new LeaksContext(...args),
  },
];

class ForgetsTooEarly extends ReferenceQueue {
  protected override freeLane(entry: Entry): void {
    super.freeLane(entry);
    this.forget(entry.session);
  }
}

class IgnoresThenables extends ReferenceQueue {
  protected override run(entry: Entry): Promise<unknown> {
    return entry.inContext(() =>
      currentTurn.run(entry, async (): Promise<unknown> => {
        const result = entry.task(this.turnOf(entry));
        return result instanceof Promise ? (result as Promise<unknown>) : { result };
      }),
    );
  }

  protected override settle(entry: Entry, end: End): void {
    const isBox = end.type === 'done' && typeof end.value === 'object' && end.value !== null && 'result' in end.value;
    super.settle(entry, isBox ? { type: 'done', value: end.value.result } : end);
  }
}

class ReplacesOverdueTurns extends ReferenceQueue {
  protected override abort(entry: Entry, code: QueueErrorCode): void {
    super.abort(entry, code);
    if (code !== 'timeout') return;
    this.freeLane(entry);
    this.review(entry.session);
  }
}

class TrustsZombies extends ReferenceQueue {
  protected override freeLane({ session }: Entry): void {
    session.turn = undefined;
  }
}

class LastInFirstOut extends ReferenceQueue {
  protected override place(session: Session, entry: Entry): void {
    if (session.waiting.length >= 2) session.waiting.unshift(entry);
    else super.place(session, entry);
  }
}

class IgnoresPriorities extends ReferenceQueue {
  protected override rankMs(): number {
    return super.rankMs(0);
  }
}

class StarvesLowPriorities extends ReferenceQueue {
  protected override rankMs(priority: number): number {
    return -priority;
  }
}

class MixesUpKeys extends ReferenceQueue {
  #lastKey: string | undefined;

  protected override turnOf(entry: Entry): Turn {
    const turn = super.turnOf(entry);
    const key = this.#lastKey ?? turn.key;
    this.#lastKey = turn.key;
    return { ...turn, key };
  }
}

class RunsCancelledAgain extends ReferenceQueue {
  #cancelled: Entry | undefined;

  protected override abort(entry: Entry, code: QueueErrorCode): void {
    super.abort(entry, code);
    if (code === 'cancelled') this.#cancelled = entry;
  }

  protected override end(entry: Entry, end: End): void {
    if (this.#cancelled === entry) {
      this.#cancelled = undefined;
      entry.session.waiting.unshift(entry);
    }
    super.end(entry, end);
  }
}

class RunsAborted extends ReferenceQueue {
  protected override onSignal(entry: Entry): void {
    if (entry.session.turn === entry) super.onSignal(entry);
    else this.settle(entry, { type: 'dropped', reason: new QueueError('aborted', 'aborted'), code: 'aborted' });
  }
}

class NeverStops extends ReferenceQueue {
  override stop(): void {
    this.tell('stopped');
  }
}

class FencesNobody extends ReferenceQueue {
  #released: number | undefined;

  protected override release(entry: Entry): void {
    this.#released = entry.epoch;
    super.release(entry);
  }

  protected override nextEpoch(): number {
    const epoch = this.#released ?? super.nextEpoch();
    this.#released = undefined;
    return epoch;
  }
}

class IgnoresPausedKeys extends ReferenceQueue {
  override pause(sessionKey?: string): void {
    if (sessionKey === undefined) super.pause();
  }
}

class LeaksContext extends ReferenceQueue {
  protected override run(entry: Entry): Promise<unknown> {
    return currentTurn.run(entry, async () => entry.task(this.turnOf(entry)));
  }
}
