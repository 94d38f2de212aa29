/** The page docs/benchmarks.md: every figure of the benchmark, how it was measured, and what the marks mean. */
import { formatCount, formatFailure, formatMemory, formatRatio, nothing } from './format-figures.ts';
import type { RunFacts } from './format-figures.ts';
import type { ContextMode } from './peer.ts';
import { baselineName } from './roster.ts';
import type { Competitor } from './roster.ts';
import type { Readings } from './run-benchmark.ts';
import { findReading, summarize } from './summarize.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';
import { workloads } from './workloads.ts';
import type { WorkloadName } from './workloads.ts';

export function renderBenchmarksPage(readings: Readings, competitors: readonly Competitor[], facts: RunFacts): string {
  return `${[
    '# Benchmarks',
    `Written by \`${facts.command}\` on ${facts.date}: ${facts.machine}. Don't edit it by hand.`,
    howMeasured(facts),
    ...modesOf(readings).flatMap((mode) => renderMode(readings, competitors, facts, mode)),
    '## What goes wrong',
    mannersLegend,
    renderManners(readings, competitors),
  ].join('\n\n')}\n`;
}

function howMeasured(facts: RunFacts): string {
  const tasks = formatCount(facts.taskCount);
  return `## How it is measured

- Each competitor runs in a process of its own, used per session the way its own documentation shows; \`bench/peers/\` has one
  short file for each, which says where its usage comes from. Where that documentation has nothing per key, it is a Map of the
  thing documented, with nothing that cleans up.
- Rounds are interleaved: every competitor runs round 1, then every competitor runs round 2, each round led by another one.
  Figures are medians of ${facts.roundCount} rounds after a few that don't count. A round passes ${tasks} tasks through a fresh queue, as
  often as fills 100 ms, each pass on a collected heap. A competitor whose round takes more than a second has only that one; one
  that would take more than ${formatCount(facts.limitMs / 1000)} s is given a hundredth of the tasks, and is cut off where even its cost per task grows with them.
- The speed is the median over the rounds of baseline / own, pairing rounds that ran side by side. The baseline is the bare
  promise chain with clean-up. CPU time counts all threads of the process, so collecting garbage beside the main thread counts.
- Every task is an async function of its own that returns at once, and every result has one reaction, as if it were awaited. So
  the figures are the cost of queueing; "no queue" shows what of it is the measuring.
- What is wrong is found apart from the timing, with tasks that wait for microtasks and for the event loop.`;
}

function modesOf(readings: Readings): readonly ContextMode[] {
  return [...new Set(readings.workloads.map((reading) => reading.mode))];
}

function renderMode(
  readings: Readings,
  competitors: readonly Competitor[],
  facts: RunFacts,
  mode: ContextMode,
): readonly string[] {
  const names = [...new Set(readings.workloads.map((reading) => reading.workload))];
  return [
    mode === 'plain' ? '## Plain' : '## With an AsyncLocalStorage in use: every enqueue in a context of its own',
    ...names.flatMap((workload) => [
      `### ${workloads[workload].title}: ${workloads[workload].says}`,
      renderWorkload(readings, competitors, facts, workload, mode),
    ]),
    '### Memory',
    renderMemory(readings, competitors, facts, mode),
  ];
}

const workloadColumns: readonly Column[] = [
  { heading: 'queue' },
  { heading: 'ns per task', side: 'right' },
  { heading: 'middle half', side: 'right' },
  { heading: 'CPU ns per task', side: 'right' },
  { heading: 'speed', side: 'right' },
  { heading: 'speed by CPU', side: 'right' },
  { heading: 'rounds × tasks', side: 'right' },
  { heading: 'wrong' },
];

function renderWorkload(
  readings: Readings,
  competitors: readonly Competitor[],
  facts: RunFacts,
  workload: WorkloadName,
  mode: ContextMode,
): string {
  const rows = competitors.map(({ name, title }) => {
    const figures = summarize(readings, name, workload, mode);
    const { faults = [] } = findReading(readings, name, workload, mode) ?? {};
    const wrong = (typeof faults === 'string' ? faults : faults.join(', ')) || nothing;
    if (typeof figures !== 'object') return [title, formatFailure(figures, facts), '', '', '', '', '', wrong];
    const isBaseline = name === baselineName;
    return [
      title,
      formatCount(figures.wallNs),
      figures.wallQuartilesNs.map(formatCount).join('–'),
      formatCount(figures.cpuNs),
      isBaseline ? '1' : formatRatio(figures.speed),
      isBaseline ? '1' : formatRatio(figures.cpuSpeed),
      `${figures.roundCount} × ${formatCount(figures.taskCount)}`,
      wrong,
    ];
  });
  return renderTable(workloadColumns, rows);
}

const memoryColumns: readonly Column[] = [
  { heading: 'queue' },
  { heading: 'bytes per waiting task', side: 'right' },
  { heading: 'bytes per busy session', side: 'right' },
  { heading: 'bytes left per session after the drain', side: 'right' },
];

function renderMemory(
  readings: Readings,
  competitors: readonly Competitor[],
  facts: RunFacts,
  mode: ContextMode,
): string {
  const rows = competitors.flatMap(({ name, title }) => {
    const reading = readings.memory.find((candidate) => candidate.name === name && candidate.mode === mode);
    return reading === undefined ? [] : [[title, ...formatMemory(reading, facts)]];
  });
  return renderTable(memoryColumns, rows);
}

const mannersLegend = `On a workload: \`overlap\` means that two tasks of one session ran at the same time, \`order\` that they ran in another order than
they were enqueued in, \`loss\` that one never ran, ran twice or told a wrong result, \`context\` that one ran in the async context of
somebody else's enqueue. A failure is swallowed when nobody handles it and nothing is reported, also where another task waits behind
it; it is changed when the caller gets something else than what was thrown, as a rejection with \`undefined\` that turns into a success;
it blocks when the session's next task never runs, as after a throw before the first \`await\`.`;

function renderManners(readings: Readings, competitors: readonly Competitor[]): string {
  const rows = competitors.flatMap(({ name, title }) => {
    const reading = readings.manners.find((candidate) => candidate.name === name);
    if (reading === undefined) return [];
    return [[title, (typeof reading.faults === 'string' ? reading.faults : reading.faults.join('; ')) || nothing]];
  });
  return renderTable([{ heading: 'queue' }, { heading: 'apart from any workload' }], rows);
}
