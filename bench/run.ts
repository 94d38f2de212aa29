/**
 * The benchmark, as `npm run bench` runs it: `-- --write` puts its tables into README.md and docs/benchmarks.md, `--only`,
 * `--workload`, `--mode`, `--rounds` and `--tasks` make it smaller.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';

import { installFolder } from '../scripts/install-folder.ts';
import { renderBenchmarksPage } from './benchmarks-page.ts';
import type { RunFacts } from './format-figures.ts';
import type { ContextMode } from './peer.ts';
import { renderReadmeSection, replaceSection } from './readme-section.ts';
import { baselineName, roster } from './roster.ts';
import { runBenchmark } from './run-benchmark.ts';
import type { Plan } from './run-benchmark.ts';
import { workloadNames } from './workloads.ts';

const { values } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    only: { type: 'string' },
    workload: { type: 'string' },
    mode: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    tasks: { type: 'string', default: '100000' },
  },
});

await main();

async function main(): Promise<void> {
  const names = roster.map((competitor) => competitor.name);
  const modes: readonly ContextMode[] = ['plain', 'storage'];
  if (values.write && (values.only ?? values.workload ?? values.mode) !== undefined) {
    throw new Error('--write needs every figure: leave out --only, --workload and --mode');
  }
  const plan: Plan = {
    // Without the baseline there would be no ratios.
    competitors: choose('only', names, values.only, [baselineName]),
    workloads: choose('workload', workloadNames, values.workload),
    modes: choose('mode', modes, values.mode),
    roundCount: readCount('rounds', values.rounds),
    taskCount: readCount('tasks', values.tasks),
    limitMs: 20_000,
  };
  await installFolder('bench');
  const [load = 0] = loadavg();
  // Paired rounds and CPU time take most of it, but not all.
  if (load > cpus().length / 2) tell(`the machine is busy (load ${load.toFixed(1)}): the figures will be rough`);
  const readings = await runBenchmark(plan, tell);
  const competitors = roster.filter(({ name }) => plan.competitors.includes(name));
  const facts = describeRun(plan);
  const page = renderBenchmarksPage(readings, competitors, facts);
  process.stdout.write(page);
  if (!values.write) return;
  const readmeFile = new URL('../README.md', import.meta.url);
  const section = renderReadmeSection(readings, competitors, facts);
  writeFileSync(readmeFile, replaceSection(readFileSync(readmeFile, 'utf8'), section));
  writeFileSync(new URL('../docs/benchmarks.md', import.meta.url), page);
  tell('wrote README.md and docs/benchmarks.md');
}

function describeRun(plan: Plan): RunFacts {
  const options = process.argv.slice(2).join(' ');
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  return {
    command: options === '' ? 'npm run bench' : `npm run bench -- ${options}`,
    date: new Date().toISOString().slice(0, 10),
    machine: `Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} × ${processor}`,
    roundCount: plan.roundCount,
    taskCount: plan.taskCount,
    limitMs: plan.limitMs,
  };
}

/** The known names that a list such as `deep,wide` asks for, in their usual order; all of them without a list. */
function choose<Name extends string>(
  option: string,
  known: readonly Name[],
  list: string | undefined,
  always: readonly string[] = [],
): readonly Name[] {
  if (list === undefined) return known;
  const wanted = list.split(',');
  const unknown = wanted.find((name) => !known.some((candidate) => candidate === name));
  if (unknown !== undefined) throw new Error(`--${option} ${unknown}: there are ${known.join(', ')}`);
  return known.filter((name) => wanted.includes(name) || always.includes(name));
}

function readCount(option: string, text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new Error(`--${option} ${text}: expected an integer of at least 1`);
}

function tell(progress: string): void {
  const seconds = (performance.now() / 1000).toFixed(0);
  process.stderr.write(`${seconds.padStart(4)} s  ${progress}\n`);
}
