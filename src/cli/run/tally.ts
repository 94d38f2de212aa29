/** What has happened in a run so far, for the progress line and the summary. */
import { quoteKey } from '../../core/queue-error.ts';
import { printable } from '../printable.ts';
import type { Result } from './result.ts';
import { SessionCounts } from './session-counts.ts';

export class Tally {
  readonly startedAtMs: number = performance.now();
  readonly sessions: SessionCounts = new SessionCounts();
  /** Lines that were read, without blank ones. Each ends as one of done, failed and bad. */
  lines = 0;
  done = 0;
  failed = 0;
  /** Of the failed ones, those that an abort took before their turn. */
  unstarted = 0;
  /** Lines that could not be run: no JSON, no key. */
  bad = 0;
  /** Lines whose result an earlier run has left in the store. */
  fromStore = 0;
  /** Lines that an earlier run has left in the store and that the input no longer has. */
  leftOver = 0;
  /** How much of the input the lines are that have their result. */
  settledBytes = 0;
  /** Turns that run now, and the most there were at once. */
  running = 0;
  mostRunning = 0;
  /** The number of the last line that was read: a run that was stopped can go on behind it. */
  lastLine = 0;
  longestWait: { readonly line: number; readonly waitedMs: number } | undefined;
  /** The first failure, ready to be shown. */
  firstFailure: string | undefined;

  addLine(number: number): void {
    this.lines += 1;
    this.lastLine = number;
  }

  addStart(): void {
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
  }

  addEnd(): void {
    this.running -= 1;
  }

  addResult(result: Result): void {
    const { line, key, waitedMs } = result;
    if (waitedMs > (this.longestWait?.waitedMs ?? 0)) this.longestWait = { line, waitedMs };
    if (result.ok) {
      this.done += 1;
      return;
    }
    if (key === null) this.bad += 1;
    else this.failed += 1;
    const { name, message } = result.error;
    const where = key === null ? `line ${line}` : `line ${line}, ${quoteKey(key)}`;
    this.firstFailure ??= `${where}: ${printable(key === null ? message : `${name}: ${message}`)}`;
  }

  /** Lines that have their result. */
  get settled(): number {
    return this.done + this.failed + this.bad;
  }
}
