/** What watches over an entry from outside of its line: its signal, its time limits, and who waits for it. */
import type { Entry } from './entry.ts';
import { QueueError, quoteKey } from './queue-error.ts';
import type { Turns } from './turns.ts';
import { endAwaiters } from './wait-graph.ts';

/** How long an aborted turn may go on before it is reported as stuck. */
const stuckAfterMs = 1000;

/** Starts to watch over an entry that has just been enqueued: its signal and its time to live. */
export function watchWaiting(turns: Turns, entry: Entry): void {
  const { extras } = entry;
  if (extras === undefined) return;
  const { signal } = extras;
  if (signal !== undefined) {
    extras.onSignal = () => leaveBySignal(turns, entry, signal);
    signal.addEventListener('abort', extras.onSignal);
  }
  // An answer doesn't wait.
  if (extras.ttlMs !== Infinity && entry.state !== 'joined') watchAge(turns, entry, extras.ttlMs);
}

/** Watches over what is left of the time to live of an entry that has come back to its line. */
export function watchRest(turns: Turns, entry: Entry): void {
  const { ttlMs = Infinity } = entry.extras ?? {};
  if (ttlMs === Infinity) return;
  watchAge(turns, entry, Math.max(entry.since.startedMs + ttlMs - turns.clock.now(), 0));
}

/** Starts to watch over a turn: how long it runs, and how long without progress. */
export function watchTurn(turns: Turns, entry: Entry): void {
  const { limits, clock } = turns;
  const { extras } = entry;
  extras?.timer?.clear();
  const timeoutMs = extras?.timeoutMs ?? limits.timeoutMs;
  if (timeoutMs !== Infinity) {
    entry.more().timer = clock.setTimer(() => {
      const message = overstayed(entry, `ran longer than its timeoutMs of ${timeoutMs}`);
      turns.abort(entry, new QueueError('timeout', message));
    }, timeoutMs);
  }
  if (limits.idleTimeoutMs !== Infinity) {
    entry.more().progressedMs = clock.now();
    watchProgress(turns, entry, limits.idleTimeoutMs);
  }
}

/** Watches over a turn that was aborted: until it is stuck, and until its grace is over. */
export function watchOverstay(turns: Turns, entry: Entry): void {
  const extras = entry.more();
  const { clock } = turns;
  const { graceMs } = turns.limits;
  if (graceMs <= stuckAfterMs) {
    extras.timer = clock.setTimer(() => turns.fence(entry), graceMs);
    return;
  }
  extras.timer = clock.setTimer(() => {
    turns.tellRan('stuck', entry);
    if (graceMs !== Infinity) extras.timer = clock.setTimer(() => turns.fence(entry), graceMs - stuckAfterMs);
  }, stuckAfterMs);
}

/** Lets go of everything outside that could still call back, and of who awaits the entry unless it will run again. */
export function release(entry: Entry, isKept = false): void {
  const { extras } = entry;
  if (extras === undefined) return;
  extras.timer?.clear();
  extras.idleTimer?.clear();
  if (extras.onSignal !== undefined) {
    extras.signal?.removeEventListener('abort', extras.onSignal);
    extras.onSignal = undefined;
  }
  extras.receiver?.stop();
  if (!isKept) endAwaiters(entry);
}

function watchAge(turns: Turns, entry: Entry, leftMs: number): void {
  const extras = entry.more();
  extras.timer = turns.clock.setTimer(() => {
    const waited = `Session ${quoteKey(entry.session.key)}: the entry waited longer than its ttlMs of ${extras.ttlMs}`;
    turns.drop(entry, new QueueError('expired', `${waited}. Enqueue it again if it is still wanted.`));
  }, leftMs);
}

function watchProgress(turns: Turns, entry: Entry, delayMs: number): void {
  const extras = entry.more();
  const { idleTimeoutMs } = turns.limits;
  extras.idleTimer = turns.clock.setTimer(() => {
    // While it waits for an answer, it is the user who is idle.
    if (extras.receiver !== undefined) extras.progressedMs = turns.clock.now();
    const leftMs = extras.progressedMs + idleTimeoutMs - turns.clock.now();
    if (leftMs > 0) watchProgress(turns, entry, leftMs);
    else {
      const what = `made no progress for its idleTimeoutMs of ${idleTimeoutMs}`;
      turns.abort(entry, new QueueError('idle-timeout', overstayed(entry, what)));
    }
  }, delayMs);
}

function leaveBySignal(turns: Turns, entry: Entry, signal: AbortSignal): void {
  const message = `Session ${quoteKey(entry.session.key)}: the entry's signal aborted.`;
  const error = new QueueError('aborted', message, { cause: signal.reason });
  if (entry.state === 'running') turns.abort(entry, error);
  else turns.drop(entry, error);
}

function overstayed(entry: Entry, what: string): string {
  return (
    `Session ${quoteKey(entry.session.key)}: the turn ${what} ms. Its signal was aborted, and its lane stays closed ` +
    'until its task ends: let the task obey turn.signal, or set graceMs.'
  );
}
