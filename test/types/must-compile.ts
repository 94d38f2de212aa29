/** Programs that must compile, and the types that their values must have. Compiled, never run. */
import { createSessionQueue, QueueError } from '#src/index.ts';
import type {
  CloseReport,
  EntryOptions,
  QueueErrorCode,
  QueueEvent,
  QueueOptions,
  QueueSnapshot,
  SessionQueue,
  SessionSnapshot,
  SessionState,
  Task,
  Turn,
  Unstarted,
} from '#src/index.ts';

import { expectType } from './same.ts';

const queue = createSessionQueue();

export function infersTheResultOfATask(): void {
  expectType<Promise<number>>()(queue.enqueue('ada', async () => 42));
  expectType<Promise<number>>()(queue.enqueue('ada', () => 42));
  expectType<Promise<string>>()(queue.enqueue('ada', (turn) => turn.key));
  expectType<Promise<void>>()(queue.enqueue('ada', async () => {}));
  expectType<Promise<undefined>>()(queue.enqueue('ada', () => undefined));
  expectType<Promise<never>>()(queue.enqueue('ada', () => fail()));
  expectType<Promise<'a' | 'b'>>()(queue.enqueue('ada', async (): Promise<'a' | 'b'> => 'a'));
  expectType<Promise<readonly number[]>>()(queue.enqueue('ada', (): readonly number[] => [1]));
}

export function infersTheResultOfAThenable(thenable: PromiseLike<bigint>, either: string | Promise<string>): void {
  expectType<Promise<bigint>>()(queue.enqueue('ada', () => thenable));
  expectType<Promise<string>>()(queue.enqueue('ada', () => either));
}

export function takesATaskThatIgnoresItsTurn(task: () => Promise<Date>): void {
  expectType<Promise<Date>>()(queue.enqueue('ada', task));
}

export async function runsGenericCode<T>(task: Task<T>): Promise<T> {
  return queue.enqueue('ada', task, { priority: 1 });
}

/** What Tiny Claw's packages declare for themselves, and hand a queue to. */
interface DeclaredElsewhere {
  enqueue<T>(sessionKey: string, task: () => Promise<T>): Promise<T>;
  pending(sessionKey: string): number;
  stop(): void;
}

export const assignable: DeclaredElsewhere = queue;
export const disposable: AsyncDisposable = queue;

export function takesEveryOption(signal: AbortSignal | undefined, timeoutMs: number | undefined): void {
  const options: Required<QueueOptions> = {
    policy: undefined,
    concurrency: 8,
    timeoutMs,
    idleTimeoutMs: 1000,
    graceMs: Infinity,
    maxPending: 10,
    maxPendingPerSession: undefined,
  };
  const entry: Required<EntryOptions> = { signal, timeoutMs, ttlMs: 1000, priority: -1 };
  expectType<SessionQueue>()(createSessionQueue(options));
  expectType<SessionQueue>()(createSessionQueue({}));
  expectType<SessionQueue>()(createSessionQueue(undefined));
  expectType<Promise<number>>()(queue.enqueue('ada', () => 1, entry));
  expectType<Promise<number>>()(queue.enqueue('ada', () => 1, undefined));
}

export function givesWhatEachVerbSays(): void {
  expectType<number>()(queue.pending());
  expectType<number>()(queue.pending('ada'));
  expectType<void>()(queue.stop());
  expectType<readonly Unstarted[]>()(queue.cancel('ada'));
  expectType<void>()(queue.pause());
  expectType<void>()(queue.pause('ada'));
  expectType<void>()(queue.resume());
  expectType<void>()(queue.resume('ada'));
  expectType<Promise<void>>()(queue.drained());
  expectType<Promise<CloseReport>>()(queue.close());
  expectType<Promise<CloseReport>>()(queue.close({ drainMs: 0 }));
  expectType<QueueSnapshot>()(queue.inspect());
  expectType<SessionSnapshot | undefined>()(queue.inspect('ada'));
  expectType<() => void>()(queue.subscribe(() => {}));
  expectType<Promise<void>>()(queue[Symbol.asyncDispose]());
}

export async function closesAtTheEndOfAScope(): Promise<void> {
  await using scoped = createSessionQueue();
  await scoped.enqueue('ada', () => 1);
}

/** A turn is what a task gets, and nothing else is needed to pretend to be one in a test. */
export function describesATurn(turn: Turn): void {
  expectType<string>()(turn.key);
  expectType<string>()(turn.id);
  expectType<number>()(turn.epoch);
  expectType<number>()(turn.attempt);
  expectType<AbortSignal>()(turn.signal);
  expectType<void>()(turn.progress());
}

export function runsAgainWhatNeverStarted({ key, task }: Unstarted): Promise<unknown> {
  return queue.enqueue(key, task);
}

export function namesEveryErrorCode(error: unknown): string {
  if (!(error instanceof QueueError)) return 'not of the queue';
  expectType<Error>()(error satisfies Error as Error);
  const { code } = error;
  switch (code) {
    case 'stopped':
    case 'full':
    case 'expired':
    case 'cancelled':
    case 'closed':
    case 'aborted':
    case 'timeout':
    case 'idle-timeout':
    case 'deadlock':
    case 'rejected':
    case 'replaced':
    case 'interrupted':
    case 'merged':
    case 'receiving':
    case 'not-stored':
    case 'maybe-stored':
    case 'unknown':
    case 'lost':
      return code satisfies QueueErrorCode;
    default:
      return code satisfies never;
  }
}

export function namesEveryEvent(event: QueueEvent): string {
  expectType<number>()(event.atMs);
  switch (event.type) {
    case 'enqueued':
      return event.key + event.id;
    case 'refused':
      return event.key + event.code;
    case 'started':
      return event.id + String(event.epoch + event.waitedMs);
    case 'aborted':
      return event.id + event.code;
    case 'stuck':
    case 'released':
    case 'ended':
      return event.id + String(event.epoch + event.ranMs);
    case 'retrying':
      return event.id + String(event.delayMs) + String(event.error);
    case 'settled':
      return namesEveryOutcome(event);
    case 'policy-failed':
      return event.key + event.policy + event.error.message;
    case 'paused':
    case 'resumed':
      return event.key ?? 'the whole queue';
    case 'stopped':
    case 'drained':
      return event.type;
    default:
      return event satisfies never;
  }
}

function namesEveryOutcome(event: Extract<QueueEvent, { type: 'settled' }>): string {
  switch (event.outcome) {
    case 'done':
    case 'failed':
    case 'dropped':
      return event.code ?? event.outcome;
    case 'merged':
      return event.into ?? event.outcome;
    default:
      return event.outcome satisfies never;
  }
}

export function namesEveryState(state: SessionState): string {
  switch (state) {
    case 'running':
    case 'aborting':
    case 'ready':
    case 'held':
    case 'paused':
      return state;
    default:
      return state satisfies never;
  }
}

function fail(): never {
  throw new Error('never called');
}
