/** One competitor's rounds of one workload, all in the same process, so that it runs warm as it would in a server. */
import { CompetitorProcess } from './competitor-process.ts';
import type { Failure } from './competitor-process.ts';
import type { RoundTime, TimeJob } from './measure-time.ts';

// One round of this length tells enough, and many of them would take the benchmark's time from everyone else.
const slowRoundMs = 1_000;
// The first full round may be this much slower than those that follow: the code isn't compiled yet.
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

  /** Rounds that don't count: a small one and two full ones. Who is slow has only the last of them, and that one counts. */
  async warmUp(): Promise<void> {
    const { taskCount } = this.#job;
    this.taskCount = Math.ceil(taskCount / smallShare);
    const small = await this.#ask();
    if (small !== undefined && toMs(small, taskCount) > this.#limitMs) {
      this.#stopWith(small);
      return;
    }
    this.taskCount = taskCount;
    for (const mostMs of [slowRoundMs * coldFactor, slowRoundMs]) {
      const round = await this.#ask();
      if (round === undefined || toMs(round, taskCount) > mostMs) {
        this.#stopWith(round);
        return;
      }
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
    this.failure = answer;
    this.end();
    return undefined;
  }
}

function toMs(round: RoundTime, taskCount: number): number {
  return (round.wallNs * taskCount) / 1e6;
}
