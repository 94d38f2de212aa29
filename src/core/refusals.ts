/** Why an entry is not taken in, in the words of every queue. */
import { QueueError, quoteKey } from './queue-error.ts';

export type PendingLimit = 'maxPending' | 'maxPendingPerSession';

export function stoppedError(): QueueError {
  return new QueueError('stopped', 'Queue has been stopped');
}

/** @param most of the queue for `maxPending`, of the session otherwise */
export function fullError(sessionKey: string, limit: PendingLimit, most: number): QueueError {
  const who = limit === 'maxPending' ? 'The queue' : `Session ${quoteKey(sessionKey)}`;
  const wayOut = `Wait until pending() is smaller, or raise ${limit}.`;
  return new QueueError('full', `${who} has ${most} pending, which is its ${limit}; nothing was enqueued. ${wayOut}`);
}

/** Undefined when the signal has not aborted, or there is none. */
export function abortedBefore(sessionKey: string, signal: AbortSignal | undefined): QueueError | undefined {
  if (signal?.aborted !== true) return undefined;
  const message = `Session ${quoteKey(sessionKey)}: the signal had aborted before enqueue; nothing was enqueued.`;
  return new QueueError('aborted', message, { cause: signal.reason });
}
