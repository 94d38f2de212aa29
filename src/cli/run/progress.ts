/** The progress line: where a run stands, in one line that fits a terminal. */
import { quoteKey } from '../../core/queue-error.ts';
import type { QueueControls } from '../../core/session-queue.ts';
import type { QueueSnapshot } from '../../core/snapshot.ts';
import type { Terminal } from '../terminal.ts';
import { formatCount, formatDuration } from '../format.ts';
import type { Tally } from './tally.ts';

export interface ProgressSource {
  readonly queue: QueueControls<unknown>;
  readonly tally: Tally;
  /** The size of the input, where it is known. */
  readonly sizeBytes: number | undefined;
  /** Said first, while the run is being ended. */
  readonly ending: () => string | undefined;
}

const drawEveryMs = 100;
const rateOverDraws = 20;
const busiestShown = 5;

/** Draws about ten times a second until the function that it gives is called. */
export function startProgress(terminal: Terminal, source: ProgressSource): () => void {
  if (!terminal.isInteractive) return () => {};
  const samples: { readonly atMs: number; readonly settled: number }[] = [];
  let timer: NodeJS.Timeout;
  const draw = (): void => {
    const atMs = performance.now();
    const { settled } = source.tally;
    samples.push({ atMs, settled });
    if (samples.length > rateOverDraws) samples.shift();
    const oldest = samples[0] ?? { atMs, settled };
    const perSecond = atMs > oldest.atMs ? ((settled - oldest.settled) * 1_000) / (atMs - oldest.atMs) : 0;
    terminal.draw(describeProgress(source, perSecond));
    // Where a snapshot of very many sessions is costly, it is taken less often.
    timer = setTimeout(draw, Math.max(drawEveryMs, 4 * (performance.now() - atMs)));
  };
  timer = setTimeout(draw, drawEveryMs);
  return () => {
    clearTimeout(timer);
    terminal.clear();
  };
}

/** The text of the progress line. */
function describeProgress({ queue, tally, sizeBytes, ending }: ProgressSource, perSecond: number): string {
  const snapshot = queue.inspect();
  const overstaying = snapshot.sessions.filter(({ state }) => state === 'aborting').length;
  const failed = tally.failed + tally.bad;
  return [
    ending() ?? '',
    formatDuration(performance.now() - tally.startedAtMs),
    sizeBytes === undefined ? '' : `${Math.floor((tally.settledBytes * 100) / Math.max(1, sizeBytes))}%`,
    `${formatCount(tally.done)} done`,
    failed === 0 ? '' : `${formatCount(failed)} failed`,
    `${formatCount(snapshot.running)} running`,
    overstaying === 0 ? '' : `${formatCount(overstaying)} overstaying`,
    `${formatCount(snapshot.waiting)} waiting`,
    `${formatCount(Math.round(perSecond))}/s`,
    describeBusiest(snapshot),
  ]
    .filter((part) => part !== '')
    .join('  ');
}

function describeBusiest({ sessions }: QueueSnapshot): string {
  const busiest = sessions
    .map(({ key, waiting, turn }) => ({ key, pending: waiting + (turn === undefined ? 0 : 1) }))
    .filter(({ pending }) => pending > 1)
    .toSorted((one, other) => other.pending - one.pending)
    .slice(0, busiestShown)
    .map(({ key, pending }) => `${quoteKey(key)} ${formatCount(pending)}`);
  return busiest.length === 0 ? '' : `busiest ${busiest.join(', ')}`;
}
