/** The summary at the end of a run: a few rows, one fact each. */
import { quoteKey } from '../../core/queue-error.ts';
import { describeCount, formatCount, formatDuration } from '../format.ts';
import type { Tally } from './tally.ts';

export interface SummaryContext {
  /** Why the reading ended early, if it did. */
  readonly endedBy?: string | undefined;
  /** The file that the results went to, if it was not standard output. */
  readonly output?: string | undefined;
}

/** The summary's text. */
export function describeSummary(tally: Tally, { endedBy, output }: SummaryContext): string {
  const { longestWait, firstFailure, sessions } = tally;
  const rows: readonly (readonly [label: string, fact: string | undefined])[] = [
    ['lines', describeLines(tally)],
    ['read up to', endedBy === undefined ? undefined : `line ${tally.lastLine} (${endedBy})`],
    ['sessions', describeSessions(tally)],
    ['busiest', sessions.most && `${quoteKey(sessions.most.key)} with ${describeCount(sessions.most.lines, 'line')}`],
    [
      'longest wait',
      longestWait === undefined ? undefined : `${formatDuration(longestWait.waitedMs)}, line ${longestWait.line}`,
    ],
    ['from the store', tally.fromStore === 0 ? undefined : formatCount(tally.fromStore)],
    ['not in input', tally.leftOver === 0 ? undefined : `${formatCount(tally.leftOver)} that an earlier run had read`],
    ['ok', formatCount(tally.done)],
    [
      'failed',
      `${formatCount(tally.failed)}${tally.unstarted === 0 ? '' : `, ${formatCount(tally.unstarted)} of them never started`}`,
    ],
    ['bad lines', tally.bad === 0 ? undefined : formatCount(tally.bad)],
    ['first failure', firstFailure],
    ['results', output],
  ];
  return rows.map(([label, fact]) => (fact === undefined ? '' : `${label.padEnd(15)}${fact}\n`)).join('');
}

function describeLines({ lines, settled, startedAtMs }: Tally): string {
  const elapsedMs = performance.now() - startedAtMs;
  const perSecond = Math.round((settled * 1_000) / Math.max(1, elapsedMs));
  return `${formatCount(lines)} in ${formatDuration(elapsedMs)}, ${formatCount(perSecond)} a second`;
}

function describeSessions({ sessions, mostRunning }: Tally): string {
  const atLeast = sessions.isOverLimit ? 'more than ' : '';
  return `${atLeast}${formatCount(sessions.size)}, at most ${formatCount(mostRunning)} at once`;
}
