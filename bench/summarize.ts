/** Makes figures of raw readings: per competitor and workload what a task costs, and how fast that is against the baseline. */
import type { Failure } from './competitor-process.ts';
import type { ContextMode } from './peer.ts';
import { baselineName } from './roster.ts';
import type { Readings, WorkloadReading } from './run-benchmark.ts';
import { median, quartiles, speedRatio } from './statistics.ts';
import type { WorkloadName } from './workloads.ts';

export interface Figures {
  readonly wallNs: number;
  /** The middle half of the rounds. */
  readonly wallQuartilesNs: readonly [number, number];
  readonly cpuNs: number;
  /** Throughput by the wall clock, against the baseline's: 2 is twice as fast. */
  readonly speed: number;
  /** The same by CPU time. */
  readonly cpuSpeed: number;
  readonly roundCount: number;
  readonly taskCount: number;
}

/** The figures of one competitor on one workload, or why there are none. */
export function summarize(
  readings: Readings,
  name: string,
  workload: WorkloadName,
  mode: ContextMode,
): Figures | Failure | undefined {
  const own = findReading(readings, name, workload, mode);
  const baseline = findReading(readings, baselineName, workload, mode);
  if (own === undefined || own.failure !== undefined) return own?.failure;
  const wall = own.rounds.map((round) => round.wallNs);
  const cpu = own.rounds.map((round) => round.cpuNs);
  const baselineRounds = baseline?.rounds ?? [];
  return {
    wallNs: median(wall),
    wallQuartilesNs: quartiles(wall),
    cpuNs: median(cpu),
    speed: speedRatio(
      baselineRounds.map((round) => round.wallNs),
      wall,
    ),
    cpuSpeed: speedRatio(
      baselineRounds.map((round) => round.cpuNs),
      cpu,
    ),
    roundCount: wall.length,
    taskCount: own.taskCount,
  };
}

/** Everything that a competitor did wrong, each kind once, in the order of the checks. */
export function faultsOf(readings: Readings, name: string): readonly string[] {
  const found = [...readings.workloads, ...readings.manners]
    .filter((reading) => reading.name === name)
    .flatMap(({ faults }): readonly string[] => (typeof faults === 'string' ? [`${faults} in a check`] : faults));
  return [...new Set(found)];
}

export function findReading(
  readings: Readings,
  name: string,
  workload: WorkloadName,
  mode: ContextMode,
): WorkloadReading | undefined {
  return readings.workloads.find(
    (reading) => reading.name === name && reading.workload === workload && reading.mode === mode,
  );
}
