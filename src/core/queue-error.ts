/** The one error class of the queue, and how its messages name a session. */

/**
 * Why an entry was refused or ended without its task's own result, or a call was refused:
 * - `stopped`: the queue takes no more entries
 * - `full`: `maxPending` or `maxPendingPerSession` is reached, or a policy lets no more wait
 * - `expired`: it waited longer than its `ttlMs`, or than a policy allows
 * - `cancelled`: `cancel(key)`, its ticket or a policy took it
 * - `closed`: `close()` took it
 * - `aborted`: its own `signal` aborted; `cause` is the signal's reason
 * - `timeout`: its turn ran longer than `timeoutMs`
 * - `idle-timeout`: its turn made no progress for `idleTimeoutMs`
 * - `deadlock`: awaiting it from where it was awaited could never have ended
 * - `rejected`, `replaced`: a policy took it out of the line
 * - `interrupted`: a policy aborted its turn for a newer entry
 * - `merged`: the turn of another entry has dealt with it, and has the value
 * - `not-stored`: its store could not write it; nothing of it is kept
 * - `maybe-stored`: its store can't tell whether it was written: enqueue it again with the same `id`
 * - `unknown`: there is no entry with that id, or no more
 * - `lost`: another process has taken its session over, and tells the caller how the entry ended
 * - `receiving`: a `receive` was refused because the turn waits for an answer already
 */
export type QueueErrorCode =
  | 'stopped'
  | 'full'
  | 'expired'
  | 'cancelled'
  | 'closed'
  | 'aborted'
  | 'timeout'
  | 'idle-timeout'
  | 'deadlock'
  | 'rejected'
  | 'replaced'
  | 'interrupted'
  | 'merged'
  | 'not-stored'
  | 'maybe-stored'
  | 'unknown'
  | 'lost'
  | 'receiving';

/**
 * The error of every operation of the queue. `code` says why, the message names the session, the
 * limit and the way out. A task's own errors are passed on as they are, never wrapped.
 *
 * @example
 * const queue = createSessionQueue();
 * queue.stop();
 * const error = await queue.enqueue('ada', async () => 1).catch((error: unknown) => error);
 * assert.ok(error instanceof QueueError);
 * assert.equal(error.code, 'stopped');
 */
export class QueueError extends Error {
  readonly code: QueueErrorCode;

  constructor(code: QueueErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  static {
    this.prototype.name = 'QueueError';
  }
}

const longestQuotedKey = 64;

/** A session key for a message: quoted, control characters escaped, cut where it is long. */
export function quoteKey(sessionKey: string): string {
  const shown = sessionKey.length > longestQuotedKey ? `${sessionKey.slice(0, longestQuotedKey)}…` : sessionKey;
  return JSON.stringify(shown).replace(unprintable, escapeCharacter);
}

// What JSON.stringify leaves as it is, though a terminal may obey it: DEL, C1 controls, line
// separators, and the marks that turn the direction of text.
const unprintable = /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
