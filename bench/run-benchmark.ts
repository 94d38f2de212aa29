/**
 * Runs the benchmark: every competitor in a process of its own, round by round in turn, then what it keeps in memory, then
 * whether it was right. Gives the raw readings; summarize.ts makes figures of them.
 */
import type { MannersFault } from './check-manners.ts';
import type { WorkloadFault } from './check-workload.ts';
import { CompetitorProcess } from './competitor-process.ts';
import type { Failure } from './competitor-process.ts';
import type { JobKind, Jobs } from './job.ts';
import type { MemoryJob, MemoryUse } from './measure-memory.ts';
import type { RoundTime } from './measure-time.ts';
import type { ContextMode } from './peer.ts';
import { unqueuedName } from './roster.ts';
import { Runner } from './runner.ts';
import type { WorkloadName } from './workloads.ts';

export interface Plan {
  /** Names of the roster. */
  readonly competitors: readonly string[];
  readonly workloads: readonly WorkloadName[];
  readonly modes: readonly ContextMode[];
  readonly roundCount: number;
  /** Tasks of one pass of a workload; also the number of tasks and sessions whose memory is measured. */
  readonly taskCount: number;
  /** The longest that one job of a competitor may take. */
  readonly limitMs: number;
}

/** One competitor on one workload. */
export interface WorkloadReading {
  readonly name: string;
  readonly workload: WorkloadName;
  readonly mode: ContextMode;
  readonly rounds: readonly RoundTime[];
  /** Tasks of its rounds: fewer than planned where those would have reached the limit. */
  readonly taskCount: number;
  readonly failure?: Failure;
  readonly faults: readonly WorkloadFault[] | Failure;
}

/** One competitor's memory. */
export interface MemoryReading {
  readonly name: string;
  readonly mode: ContextMode;
  readonly waitingTask: MemoryUse | Failure;
  readonly session: MemoryUse | Failure;
}

export interface MannersReading {
  readonly name: string;
  readonly faults: readonly MannersFault[] | Failure;
}

export interface Readings {
  readonly workloads: readonly WorkloadReading[];
  readonly memory: readonly MemoryReading[];
  readonly manners: readonly MannersReading[];
}

// Enough to catch what is wrong; every task of a check waits for something, so more would only take longer.
const mostCheckedTasks = 2_000;

export async function runBenchmark(plan: Plan, tell: (progress: string) => void): Promise<Readings> {
  const workloads: WorkloadReading[] = [];
  for (const mode of plan.modes) {
    for (const workload of plan.workloads) {
      tell(`timing ${workload}, ${mode}`);
      workloads.push(...(await readWorkload(plan, workload, mode)));
    }
  }
  const queues = plan.competitors.filter((name) => name !== unqueuedName);
  const memory: MemoryReading[] = [];
  for (const mode of plan.modes) {
    tell(`weighing memory, ${mode}`);
    for (const name of queues) memory.push(await readMemory(plan, name, mode));
  }
  tell('checking how failures are treated');
  const manners: MannersReading[] = [];
  for (const name of queues) manners.push({ name, faults: await askOnce(name, 'manners', {}, plan.limitMs) });
  return { workloads, memory, manners };
}

async function readWorkload(
  plan: Plan,
  workload: WorkloadName,
  mode: ContextMode,
): Promise<readonly WorkloadReading[]> {
  const job = { workload, mode, taskCount: plan.taskCount };
  const runners = plan.competitors.map((name) => new Runner(name, job, plan.limitMs));
  for (const runner of runners) await runner.load();
  for (const runner of runners) await runner.warmUp();
  for (let round = 0; round < plan.roundCount; round += 1) {
    // Each round begins with somebody else, so that nobody always runs behind the same neighbour.
    const first = round % runners.length;
    for (const runner of [...runners.slice(first), ...runners.slice(0, first)]) await runner.runRound();
  }
  for (const runner of runners) runner.end();
  const readings: WorkloadReading[] = [];
  for (const { name, rounds, taskCount, failure } of runners) {
    const checkJob = { ...job, taskCount: Math.min(plan.taskCount, mostCheckedTasks) };
    const faults = name === unqueuedName ? [] : await askOnce(name, 'workload', checkJob, plan.limitMs);
    readings.push({ name, workload, mode, rounds, taskCount, faults, ...(failure && { failure }) });
  }
  return readings;
}

async function readMemory(plan: Plan, name: string, mode: ContextMode): Promise<MemoryReading> {
  const ask = async (of: MemoryJob['of']): Promise<MemoryUse | Failure> => {
    const use = await askOnce(name, 'memory', { mode, count: plan.taskCount, of }, plan.limitMs / 4);
    if (use !== 'over the limit') return use;
    // Bytes per task are much the same for fewer tasks.
    return askOnce(name, 'memory', { mode, count: Math.ceil(plan.taskCount / 100), of }, plan.limitMs);
  };
  return { name, mode, waitingTask: await ask('waiting tasks'), session: await ask('sessions') };
}

/** Asks a fresh process for one job. */
async function askOnce<Kind extends JobKind>(
  name: string,
  kind: Kind,
  job: Jobs[Kind]['job'],
  limitMs: number,
): Promise<Jobs[Kind]['answer'] | Failure> {
  const competitor = new CompetitorProcess(name);
  try {
    return await competitor.ask(kind, job, limitMs);
  } finally {
    competitor.end();
  }
}
