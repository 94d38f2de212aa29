/**
 * Whether a task costs the same in a queue of a thousand and of a million, deep and wide, and what is left after the drain:
 * `npm run bench:scale`. The chain stands beside it, because the collector's work grows with what waits, whoever holds it.
 */
import { CompetitorProcess } from './competitor-process.ts';
import { formatCount, formatRatio } from './format-figures.ts';
import { baselineName } from './roster.ts';
import { median } from './statistics.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';
import { workloads } from './workloads.ts';

const sizes: readonly number[] = [1_000, 10_000, 100_000, 1_000_000];
const roundCount = 5;
const limitMs = 120_000;

const columns: readonly Column[] = [
  { heading: 'tasks', side: 'right' },
  { heading: 'ns per task', side: 'right' },
  { heading: 'against 1,000', side: 'right' },
  { heading: 'kB left', side: 'right' },
  { heading: 'chain: ns per task', side: 'right' },
  { heading: 'against 1,000', side: 'right' },
  { heading: 'kB left', side: 'right' },
];

for (const workload of ['deep', 'wide'] as const) {
  const rows: string[][] = [];
  const firstNs = new Map<string, number>();
  for (const taskCount of sizes) {
    const row = [formatCount(taskCount)];
    for (const name of ['tinyclaw-queue', baselineName]) {
      const ns = await readNs(name, workload, taskCount);
      firstNs.set(name, firstNs.get(name) ?? ns);
      row.push(formatCount(ns), formatRatio(ns / (firstNs.get(name) ?? ns)));
      row.push(formatCount((await readLeftBytes(name, workload, taskCount)) / 1000));
    }
    rows.push(row);
  }
  process.stdout.write(`\n${workload}: ${workloads[workload].says}\n\n${renderTable(columns, rows)}\n`);
}

async function readNs(name: string, workload: 'deep' | 'wide', taskCount: number): Promise<number> {
  const competitor = new CompetitorProcess(name);
  const rounds: number[] = [];
  // Small rounds first, so that no size runs code that isn't compiled yet.
  for (const count of [1_000, 1_000, taskCount, ...Array.from({ length: roundCount }, () => taskCount)]) {
    const round = await competitor.ask('time', { workload, mode: 'plain', taskCount: count }, limitMs);
    if (typeof round === 'string') throw new Error(`${name}, ${workload}, ${count} tasks: ${round}`);
    rounds.push(round.wallNs);
  }
  competitor.end();
  return median(rounds.slice(-roundCount));
}

async function readLeftBytes(name: string, workload: 'deep' | 'wide', count: number): Promise<number> {
  const competitor = new CompetitorProcess(name);
  const of = workload === 'deep' ? 'drained tasks' : 'sessions';
  const use = await competitor.ask('memory', { mode: 'plain', count, of }, limitMs);
  competitor.end();
  if (typeof use === 'string') throw new Error(`${name}, ${of}, ${count}: ${use}`);
  return (use.leftBytes ?? NaN) * count;
}
