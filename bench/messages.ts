/**
 * What a message costs beside a task, in CPU time: `npm run bench:messages`. The rounds of both run side by side, each in a
 * process of its own, and the figure is the median of their ratios. Asking a policy is measured on less, because each
 * question looks at all that waits.
 */
import { parseArgs } from 'node:util';

import { installFolder } from '../scripts/install-folder.ts';
import { formatCount, formatRatio } from './format-figures.ts';
import { Runner } from './runner.ts';
import { median, speedRatio } from './statistics.ts';
import { renderTable } from './table.ts';
import { workloadNames, workloads } from './workloads.ts';
import type { WorkloadName } from './workloads.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
const roundCount = Number(values.rounds);
const limitMs = 60_000;

await installFolder('bench');
const rows: string[][] = [];
for (const workload of workloadNames) {
  rows.push(await compare(workload, 'tinyclaw-messages', 100_000));
  rows.push(await compare(workload, 'tinyclaw-fifo', 2_000));
}
const headings = ['workload', 'against a task', 'ns per message', 'ns per task', 'tasks'];
const columns = headings.map((heading, index) => ({
  heading,
  side: index < 2 ? ('left' as const) : ('right' as const),
}));
process.stdout.write(`${renderTable(columns, rows)}\n`);

async function compare(workload: WorkloadName, name: string, taskCount: number): Promise<string[]> {
  const job = { workload, mode: 'plain' as const, taskCount };
  const tasks = new Runner('tinyclaw-queue', job, limitMs);
  const messages = new Runner(name, job, limitMs);
  for (const runner of [tasks, messages]) {
    await runner.load();
    await runner.warmUp();
  }
  for (let round = 0; round < roundCount; round += 1) {
    await tasks.runRound();
    await messages.runRound();
  }
  for (const runner of [tasks, messages]) runner.end();
  const taskNs = tasks.rounds.map(({ cpuNs }) => cpuNs);
  const messageNs = messages.rounds.map(({ cpuNs }) => cpuNs);
  const { title } = workloads[workload];
  const what = name === 'tinyclaw-messages' ? 'message' : 'message, with a policy';
  return [
    `${title}, ${what}`,
    formatRatio(1 / speedRatio(taskNs, messageNs)),
    formatCount(median(messageNs)),
    formatCount(median(taskNs)),
    formatCount(taskCount),
  ];
}
