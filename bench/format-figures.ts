/** How the figures of the benchmark are written: few digits, the unit in the heading, and words where there is no figure. */
import type { Failure } from './competitor-process.ts';
import type { MemoryUse } from './measure-memory.ts';
import type { MemoryReading } from './run-benchmark.ts';
import type { Figures } from './summarize.ts';

/** Stands where nothing was measured because there is nothing to measure. */
export const nothing = '–';

/** What was read, as far as every page needs it. */
export interface RunFacts {
  /** The whole command line that made the figures. */
  readonly command: string;
  readonly date: string;
  readonly machine: string;
  readonly roundCount: number;
  readonly taskCount: number;
  readonly limitMs: number;
}

/** A ratio with two digits that count: 1.07×, 0.34×, 0.034×, 12×. */
export function formatRatio(ratio: number): string {
  if (ratio >= 10) return `${ratio.toFixed(0)}×`;
  if (ratio >= 0.1) return `${ratio.toFixed(2)}×`;
  return `${ratio >= 0.01 ? ratio.toFixed(3) : ratio.toFixed(4)}×`;
}

/** The throughput of one competitor on one workload, against the baseline; with a star where it was given fewer tasks. */
export function formatSpeed(figures: Figures | Failure | undefined, facts: RunFacts): string {
  if (typeof figures !== 'object') return formatFailure(figures, facts);
  return `${formatRatio(figures.speed)}${figures.taskCount < facts.taskCount ? ' *' : ''}`;
}

/** Why there is no figure. */
export function formatFailure(failure: Failure | undefined, facts: RunFacts): string {
  if (failure === undefined) return nothing;
  return failure === 'crashed' ? failure : `> ${(facts.limitMs / 1000).toFixed(0)} s`;
}

export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** Bytes per waiting task, per busy session, and left per session after the drain. */
export function formatMemory(reading: MemoryReading | undefined, facts: RunFacts): readonly string[] {
  if (reading === undefined) return [nothing, nothing, nothing];
  const { waitingTask, session } = reading;
  const formatUse = (use: MemoryUse | Failure, bytes: (use: MemoryUse) => string): string =>
    typeof use === 'string' ? formatFailure(use, facts) : bytes(use);
  return [
    formatUse(waitingTask, ({ heldBytes }) => formatCount(heldBytes)),
    formatUse(session, ({ heldBytes }) => formatCount(heldBytes)),
    formatUse(session, ({ leftBytes = 0 }) => formatLeft(leftBytes)),
  ];
}

// What is left of 10^5 sessions includes the odd kilobyte of compiled code: less than 10 bytes each is nothing.
function formatLeft(bytes: number): string {
  return bytes < 10 ? '0' : formatCount(bytes);
}
