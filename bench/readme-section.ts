/** The part of the README that the benchmark writes: one table of ratios and bytes, and the command that made it. */
import type { Competitor } from './roster.ts';
import { baselineName } from './roster.ts';
import { formatMemory, formatSpeed, nothing } from './format-figures.ts';
import type { RunFacts } from './format-figures.ts';
import type { Readings } from './run-benchmark.ts';
import { faultsOf, summarize } from './summarize.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';
import { workloadNames, workloads } from './workloads.ts';

export const sectionStart = '<!-- bench:start -->';
export const sectionEnd = '<!-- bench:end -->';

/** The table's columns; every README row has a cell for each. */
export const readmeColumns: readonly Column[] = [
  { heading: 'throughput' },
  ...workloadNames.map((name): Column => ({ heading: workloads[name].title, side: 'right' })),
  { heading: 'B per waiting task', side: 'right' },
  { heading: 'B per busy session', side: 'right' },
  { heading: 'B left per session', side: 'right' },
  { heading: 'what it gets wrong' },
];

export function renderReadmeSection(readings: Readings, competitors: readonly Competitor[], facts: RunFacts): string {
  const rows = competitors.map(({ name, title }) => [
    title,
    ...workloadNames.map((workload) =>
      name === baselineName ? '1' : formatSpeed(summarize(readings, name, workload, 'plain'), facts),
    ),
    ...formatMemory(
      readings.memory.find((reading) => reading.name === name && reading.mode === 'plain'),
      facts,
    ),
    faultsOf(readings, name).join('; ') || nothing,
  ]);
  return [
    renderTable(readmeColumns, rows),
    '',
    'Tasks per second against the bare promise chain with clean-up, so 2× is twice as fast: the median of ' +
      `${facts.roundCount} interleaved rounds of ${facts.taskCount.toLocaleString('en-US')} tasks, each queue in its own process ` +
      `(${facts.machine}, ${facts.date}). A star: fewer tasks, because all would take minutes. Bytes include the caller's task and promise. Written by \`${facts.command}\`; ` +
      'every figure, also with an AsyncLocalStorage in use, and how it was measured: [docs/benchmarks.md](docs/benchmarks.md).',
  ].join('\n');
}

/**
 * The README with its section replaced.
 *
 * @throws Error when the markers are not there.
 */
export function replaceSection(readme: string, section: string): string {
  const start = readme.indexOf(sectionStart);
  const end = readme.indexOf(sectionEnd);
  if (start === -1 || end < start) throw new Error(`README.md has no ${sectionStart} followed by ${sectionEnd}`);
  return `${readme.slice(0, start + sectionStart.length)}\n\n${section}\n\n${readme.slice(end)}`;
}
