/** A competitor in a process of its own: asked by the benchmark, answered by answer-jobs.ts over there. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import type { JobKind, Jobs, Reply } from './job.ts';

/** Why there is no answer: the limit was reached, or the process ended by itself. */
export type Failure = 'over the limit' | 'crashed';

export class CompetitorProcess {
  readonly #child: ChildProcess;

  constructor(name: string) {
    this.#child = fork(fileURLToPath(new URL('answer-jobs.ts', import.meta.url)), [name], {
      // Nothing else is set: heap sizes decide when the collector runs, and these are the ones that users have.
      execArgv: ['--expose-gc'],
      // What a crash writes belongs to the competitor; the report says that it crashed.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
  }

  /** Asks for one job. A process that gave no answer can't be asked again: it has been ended. */
  async ask<Kind extends JobKind>(
    kind: Kind,
    job: Jobs[Kind]['job'],
    limitMs: number,
  ): Promise<Jobs[Kind]['answer'] | Failure> {
    const reply = await this.#exchange({ kind, job }, limitMs);
    if (typeof reply === 'string') {
      this.end();
      return reply;
    }
    if (reply.failed !== undefined) throw new Error(reply.failed);
    // The other side is answer-jobs.ts, which answers each kind with what Jobs says.
    return reply.answer as Jobs[Kind]['answer'];
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }

  #exchange(question: object, limitMs: number): Promise<Reply | Failure> {
    const child = this.#child;
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle('over the limit'), limitMs);
      const onMessage = (reply: Reply): void => settle(reply);
      const onExit = (): void => settle('crashed');
      const settle = (outcome: Reply | Failure): void => {
        clearTimeout(timer);
        child.off('message', onMessage);
        child.off('exit', onExit);
        resolve(outcome);
      };
      child.on('message', onMessage);
      child.on('exit', onExit);
      // A process that is gone already can't be sent to; that it is gone is the answer.
      child.send(question, (error) => {
        if (error !== null) settle('crashed');
      });
    });
  }
}
