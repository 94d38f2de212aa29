/** One competitor's rounds of one workload, all in the same process, so that it runs warm as it would in a server. */
import { CompetitorProcess } from './competitor-process.ts';
import type { Failure } from './competitor-process.ts';
import type { RoundTime, TimeJob } from './measure-time.ts';

// One round of this much CPU time tells enough, and many of them would take the benchmark's time from everyone else. CPU time,
// because by the clock everyone is slow on a machine that is busy with something else.
const slowRoundMs = 1_000;
// Code gets compiled and the heap finds its size in the first rounds: up to five full ones, for who is done with them soon.
const warmUpMs = 600;
const leastWarmUps = 2;
const mostWarmUps = 5;
// The first full round may be this much slower than those that follow.
const coldFactor = 3;
const smallShare = 100;

export class Runner {
  readonly name: string;
  readonly rounds: RoundTime[] = [];
  failure: Failure | undefined;
  /** How many tasks its rounds have: as many as everyone's, or fewer where those would reach the limit. */
  taskCount: number;
  readonly #process: CompetitorProcess;
  readonly #job: TimeJob;
  readonly #limitMs: number;
  #isDone = false;

  constructor(name: string, job: TimeJob, limitMs: number) {
    this.name = name;
    this.taskCount = job.taskCount;
    this.#job = job;
    this.#limitMs = limitMs;
    this.#process = new CompetitorProcess(name);
  }

  /** Starts the process and waits until it has loaded what it needs. */
  async load(): Promise<void> {
    const answer = await this.#process.ask('load', {}, this.#limitMs);
    if (answer !== null) this.#failWith(answer);
  }

  /** Rounds that don't count: small ones, then full ones. Who is slow has only the last of them, and that one counts. */
  async warmUp(): Promise<void> {
    const { taskCount } = this.#job;
    this.taskCount = Math.ceil(taskCount / smallShare);
    await this.#ask();
    const small = await this.#ask();
    if (small === undefined || toMs(small.wallNs, taskCount) > this.#limitMs) {
      this.#stopWith(small);
      return;
    }
    this.taskCount = taskCount;
    let spentMs = 0;
    for (let count = 0; count < mostWarmUps && (count < leastWarmUps || spentMs < warmUpMs); count += 1) {
      const round = await this.#ask();
      const cpuMs = round === undefined ? Infinity : toMs(round.cpuNs, taskCount);
      if (cpuMs > (count === 0 ? slowRoundMs * coldFactor : slowRoundMs)) {
        this.#stopWith(round);
        return;
      }
      spentMs += cpuMs;
    }
  }

  /** A round that counts, for who still takes part. */
  async runRound(): Promise<void> {
    const round = await this.#ask();
    if (round !== undefined) this.rounds.push(round);
  }

  end(): void {
    this.#isDone = true;
    this.#process.end();
  }

  #stopWith(onlyRound: RoundTime | undefined): void {
    if (onlyRound !== undefined) this.rounds.push(onlyRound);
    this.end();
  }

  async #ask(): Promise<RoundTime | undefined> {
    if (this.#isDone) return undefined;
    const answer = await this.#process.ask('time', { ...this.#job, taskCount: this.taskCount }, this.#limitMs);
    if (typeof answer !== 'string') return answer;
    this.#failWith(answer);
    return undefined;
  }

  #failWith(failure: Failure): void {
    this.failure = failure;
    this.end();
  }
}

function toMs(nsPerTask: number, taskCount: number): number {
  return (nsPerTask * taskCount) / 1e6;
}
