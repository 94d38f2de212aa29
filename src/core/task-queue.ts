/** The queue of tasks: checks what comes in, takes the place in line, and hands out promises. */
import type { Clock } from './clock.ts';
import { Entry } from './entry.ts';
import type { EntryExtras } from './entry.ts';
import { LaneQueue } from './lane-queue.ts';
import { quoteKey } from './queue-error.ts';
import { checkKey, readEntryOptions, readQueueOptions, show } from './queue-options.ts';
import type { EntryOptions, QueueOptions, SessionQueue, Task, Unstarted } from './session-queue.ts';
import { startOrWait } from './start-or-wait.ts';
import { TaskTurn } from './task-turn.ts';
import { TrackedPromise } from './tracked-promise.ts';
import { currentTurn } from './turn-context.ts';

export class TaskQueue extends LaneQueue<Unstarted> implements SessionQueue {
  constructor(options: QueueOptions, clock: Clock) {
    super(readQueueOptions(options), options.policy, clock, (entry) => new TaskTurn(entry));
  }

  enqueue<T>(sessionKey: string, task: Task<T>, options?: EntryOptions): Promise<T> {
    const { turns } = this;
    let extras: EntryExtras | undefined;
    try {
      checkArguments(sessionKey, task);
      if (options !== undefined) extras = readEntryOptions(options);
    } catch (error) {
      return Promise.reject(error);
    }
    const refusal = this.refuse(sessionKey, extras);
    if (refusal !== undefined) return Promise.reject(refusal);
    const { lanes, passes } = turns;
    const entry = new Entry(lanes.sessionOf(sessionKey), lanes.nextNumber(), task, passes.current(), extras);
    lanes.admit(entry);
    this.noteEnqueued(entry);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type of its task's result is lost in the line
    return resultOf(entry) as Promise<T>;
  }

  protected override handBack(entry: Entry): Unstarted {
    return { key: entry.session.key, id: entry.id, task: entry.task };
  }
}

/** Only a turn's code can close a ring by awaiting, so only there a promise has to notice it. */
function resultOf(entry: Entry): Promise<unknown> {
  if (currentTurn() === undefined) return startOrWait(entry, ready, Promise);
  const result = startOrWait(entry, trackedReady, TrackedPromise);
  if (result instanceof TrackedPromise) result.entry = entry;
  return result;
}

const ready: Promise<void> = Promise.resolve();
const trackedReady: Promise<void> = TrackedPromise.resolve();

function checkArguments(sessionKey: string, task: unknown): void {
  checkKey(sessionKey);
  if (typeof task !== 'function') {
    throw new TypeError(`enqueue: the task of session ${quoteKey(sessionKey)} is ${show(task)}; expected a function.`);
  }
}
