/** Queues that break what a caller is promised: one outcome for each entry, the right one, told in time. */
import type { CloseReport, EntryOptions, QueueErrorCode, Task, Unstarted } from '#src/index.ts';
import { setTimer } from '../reference-entry.ts';
import type { End, Entry } from '../reference-entry.ts';
import { ReferenceQueue } from '../reference-queue.ts';
import type { BrokenQueue } from './broken-queue.ts';

export const brokenOutcomes: readonly BrokenQueue[] = [
  {
    defect: 'drops cancelled entries without telling their callers',
    breaks: 'nothing is lost',
    make: (...args) => new DropsSilently(...args),
  },
  {
    defect: 'calls the observers of a promise twice',
    breaks: 'settled once',
    make: (...args) => new TellsTwice(...args),
  },
  {
    defect: 'resolves when a task rejects with undefined',
    breaks: 'the right outcome',
    make: (...args) => new SwallowsFailures(...args),
  },
  {
    defect: 'gives a caller the result of the turn before',
    breaks: 'the right outcome',
    make: (...args) => new MixesUpResults(...args),
  },
  {
    defect: 'counts the time of a turn from enqueue',
    breaks: 'the right outcome',
    make: (...args) => new CountsTimeFromEnqueue(...args),
  },
  {
    defect: 'cancels whatever runs a moment later',
    breaks: 'the right outcome',
    make: (...args) => new CancelsLate(...args),
  },
  {
    defect: 'lets entries wait on when their time to live is over',
    breaks: 'told at once',
    make: (...args) => new NeverExpires(...args),
  },
  {
    defect: 'tells the caller of an aborted turn only when the turn has ended',
    breaks: 'told at once',
    make: (...args) => new TellsAbortsLate(...args),
  },
  {
    defect: 'aborts a turn without telling its task',
    breaks: 'a turn is told to give up',
    make: (...args) => new AbortsInSilence(...args),
  },
  {
    defect: 'hands cancelled entries back in the wrong order',
    breaks: 'cancel hands back who waited',
    make: (...args) => new HandsBackReversed(...args),
  },
  {
    defect: 'hands nothing back when it closes',
    breaks: 'close hands back who waited',
    make: (...args) => new KeepsUnstarted(...args),
  },
  {
    defect: 'calls itself drained when nothing runs, though entries wait',
    breaks: 'drained means nothing is left',
    make: (...args) => new DrainsTooEarly(...args),
  },
];

class DropsSilently extends ReferenceQueue {
  protected override settle(entry: Entry, end: End): void {
    if (end.type === 'dropped' && end.code === 'cancelled') entry.isTold = true;
    super.settle(entry, end);
  }
}

class TellsTwice extends ReferenceQueue {
  override enqueue<Value>(sessionKey: string, task: Task<Value>, options?: EntryOptions): Promise<Value> {
    const promise = super.enqueue(sessionKey, task, options);
    const then = promise.then.bind(promise);
    promise.then = (...callbacks) => {
      void then(...callbacks);
      return then(...callbacks);
    };
    return promise;
  }
}

class SwallowsFailures extends ReferenceQueue {
  protected override settle(entry: Entry, end: End): void {
    const isSwallowed = end.type === 'failed' && end.reason === undefined;
    super.settle(entry, isSwallowed ? { type: 'done', value: undefined } : end);
  }
}

class MixesUpResults extends ReferenceQueue {
  #last: End | undefined;

  protected override settle(entry: Entry, end: End): void {
    const last = this.#last ?? end;
    this.#last = end;
    super.settle(entry, end.type === 'done' ? last : end);
  }
}

class CountsTimeFromEnqueue extends ReferenceQueue {
  protected override watchWaiting(entry: Entry): void {
    super.watchWaiting(entry);
    setTimer(this.clock, entry, () => this.drop(entry, 'timeout'), entry.options.timeoutMs);
  }
}

class CancelsLate extends ReferenceQueue {
  override cancel(sessionKey: string): readonly Unstarted[] {
    this.clock.nextPass(() => super.cancel(sessionKey));
    return [];
  }
}

class NeverExpires extends ReferenceQueue {
  protected override expire(): void {
    this.lookAtConditions();
  }
}

class TellsAbortsLate extends ReferenceQueue {
  readonly #aborts = new Map<Entry, End>();

  protected override settle(entry: Entry, end: End): void {
    const abort = this.#aborts.get(entry);
    if (abort === undefined && end.type === 'failed' && end.code !== undefined) this.#aborts.set(entry, end);
    else super.settle(entry, abort ?? end);
  }
}

class AbortsInSilence extends ReferenceQueue {
  protected override abort(entry: Entry, code: QueueErrorCode): void {
    super.abort({ ...entry, controller: new AbortController() }, code);
    entry.isTold = true;
  }
}

class HandsBackReversed extends ReferenceQueue {
  override cancel(sessionKey: string): readonly Unstarted[] {
    return super.cancel(sessionKey).toReversed();
  }
}

class KeepsUnstarted extends ReferenceQueue {
  protected override async closeNow(): Promise<CloseReport> {
    const { stuck } = await super.closeNow();
    return { unstarted: [], stuck };
  }
}

class DrainsTooEarly extends ReferenceQueue {
  override drained(): Promise<void> {
    return this.until(() => !this.canRun());
  }
}
