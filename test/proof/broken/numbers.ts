/** Queues that break what the numbers promise: counts, limits, clean-up, and nobody's code inside `enqueue`. */
import type { End, Entry, Session } from '../reference-entry.ts';
import { ReferenceQueue } from '../reference-queue.ts';
import type { ToldEvent } from '../recorder.ts';
import type { BrokenQueue } from './broken-queue.ts';

export const brokenNumbers: readonly BrokenQueue[] = [
  {
    defect: 'still counts an entry when the code that awaited it goes on',
    breaks: 'pending is exact',
    make: (...args) => new CountsDownLate(...args),
  },
  {
    defect: 'counts an entry down when its turn starts',
    breaks: 'pending is exact',
    make: (...args) => new CountsDownEarly(...args),
  },
  {
    defect: 'no longer counts an aborted turn that still runs',
    breaks: 'pending is exact',
    make: (...args) => new ForgetsAbortedTurns(...args),
  },
  {
    defect: 'takes one entry more than allowed',
    breaks: 'limits are kept',
    make: ({ maxPending, maxPendingPerSession, ...options }, clock) =>
      new ReferenceQueue(
        {
          ...options,
          maxPending: (maxPending ?? Infinity) + 1,
          maxPendingPerSession: (maxPendingPerSession ?? Infinity) + 1,
        },
        clock,
      ),
  },
  {
    defect: 'keeps idle sessions',
    breaks: 'an idle session leaves nothing',
    make: (...args) => new KeepsIdleSessions(...args),
  },
  {
    defect: 'leaves the timer of a turn behind',
    breaks: 'an idle session leaves nothing',
    make: (...args) => new LeavesTimers(...args),
  },
  {
    defect: 'starts a task inside enqueue when its session is idle',
    breaks: 'no user code inside enqueue',
    make: (...args) => new StartsInsideEnqueue(...args),
  },
  {
    defect: 'calls its listeners inside enqueue',
    breaks: 'no user code inside enqueue',
    make: (...args) => new TellsAtOnce(...args),
  },
  {
    defect: 'calls its listeners inside cancel',
    breaks: 'no listener inside cancel or an abort',
    make: (...args) => new TellsAtOnce(...args),
  },
  {
    defect: 'tells its listeners twice that an entry settled',
    breaks: 'listeners are told the story',
    make: (...args) => new RepeatsItself(...args),
  },
  {
    defect: 'tells its listeners nothing of refusals',
    breaks: 'listeners are told of refusals',
    make: (...args) => new HidesRefusals(...args),
  },
  {
    defect: 'never tells that it is drained',
    breaks: 'listeners are told that the queue is drained',
    make: (...args) => new HidesDrains(...args),
  },
];

class CountsDownLate extends ReferenceQueue {
  protected override end(entry: Entry, end: End): void {
    this.settle(entry, end);
    this.clock.nextPass(() => super.end(entry, end));
  }
}

class CountsDownEarly extends ReferenceQueue {
  override pending(sessionKey?: string): number {
    const sessions = [...this.sessions.values()].filter(({ key }) => sessionKey === undefined || key === sessionKey);
    return sessions.reduce((sum, { waiting }) => sum + waiting.length, 0);
  }
}

class ForgetsAbortedTurns extends ReferenceQueue {
  override pending(sessionKey?: string): number {
    const sessions = [...this.sessions.values()].filter(({ key }) => sessionKey === undefined || key === sessionKey);
    return super.pending(sessionKey) - sessions.filter(({ turn }) => turn?.isTold === true).length;
  }
}

class KeepsIdleSessions extends ReferenceQueue {
  protected override forget(session: Session): void {
    this.sessions.set(session.key, session);
  }
}

class LeavesTimers extends ReferenceQueue {
  protected override watchRunning(entry: Entry): void {
    super.watchRunning(entry);
    this.clock.setTimer(() => undefined, entry.options.timeoutMs ?? Infinity);
  }
}

class StartsInsideEnqueue extends ReferenceQueue {
  protected override startSoon(): void {
    this.startReady();
  }
}

class TellsAtOnce extends ReferenceQueue {
  protected override tell(...[type, entry, code]: Parameters<ReferenceQueue['tell']>): void {
    const event: ToldEvent = { type, ...(entry && { id: entry.id }), ...(code && { code }) };
    for (const listener of this.listeners) listener(event);
  }
}

class RepeatsItself extends ReferenceQueue {
  protected override tell(...args: Parameters<ReferenceQueue['tell']>): void {
    super.tell(...args);
    if (args[0] === 'settled') super.tell(...args);
  }
}

class HidesRefusals extends ReferenceQueue {
  protected override tell(...args: Parameters<ReferenceQueue['tell']>): void {
    if (args[0] !== 'refused') super.tell(...args);
  }
}

class HidesDrains extends ReferenceQueue {
  protected override tellIfDrained(): void {
    this.lookAtConditions();
  }
}
