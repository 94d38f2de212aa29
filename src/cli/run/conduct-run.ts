/** A run as its user has it: with messages, progress, signals, a summary and an exit code. */
import type { Writable } from 'node:stream';
import { inspect } from 'node:util';
import { quoteKey } from '../../core/queue-error.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { printable } from '../printable.ts';
import type { Terminal } from '../terminal.ts';
import { formatCount } from '../format.ts';
import type { KeyPath } from './key-path.ts';
import type { LineQueue } from './line-queue.ts';
import { LineRun } from './line-run.ts';
import type { RunEnd } from './line-run.ts';
import type { Input } from './open-input.ts';
import { startProgress } from './progress.ts';
import { describeError } from './result.ts';
import { createResultWriter } from './result-writer.ts';
import type { ResultWriter } from './result-writer.ts';
import type { EndSignal } from './signals.ts';
import { takeSignals } from './signals.ts';
import { ChangedInputError } from './stored-lines.ts';
import { describeSummary } from './summary.ts';

export interface Conduct {
  readonly input: Input;
  readonly keyPath: KeyPath;
  readonly lines: LineQueue;
  readonly maxPending: number;
  readonly results: Writable;
  /** The results are shown on the terminal that the progress line is on. */
  readonly sharesTerminal: boolean;
  /** The name of the file that the results go to, if it is one. */
  readonly output: string | undefined;
  readonly terminal: Terminal;
}

/** Runs every line and gives the exit code. */
export async function conductRun(conduct: Conduct): Promise<number> {
  const conductor = new Conductor(conduct);
  return conductor.run();
}

class Conductor {
  readonly #conduct: Conduct;
  readonly #terminal: Terminal;
  readonly #results: ResultWriter;
  readonly #run: LineRun;
  /** What ended the run early, if anything: the first to do so decides. */
  #early: { readonly reason: string; readonly exitCode: number } | undefined;

  constructor(conduct: Conduct) {
    const { input, keyPath, lines, maxPending, results, sharesTerminal, terminal } = conduct;
    this.#conduct = conduct;
    this.#terminal = terminal;
    this.#results = createResultWriter(results, {
      onDrain: () => this.#run.readOn(),
      onBroken: (error) => this.#onBroken(error),
    });
    terminal.onDrain(() => this.#run.readOn());
    this.#run = new LineRun({
      input: input.stream,
      keyPath,
      lines,
      maxPending,
      write: (text) => {
        if (sharesTerminal) terminal.clear();
        this.#results.write(text);
      },
      isFull: () => this.#results.isFull() || terminal.isFull(),
      onBadLine: ({ number, problem }) => this.#say(`line ${number}: ${printable(problem)}`),
      onStuck: (key) =>
        this.#say(`${quoteKey(key)}: a line goes on after its abort, and the session waits for its end`),
    });
  }

  async run(): Promise<number> {
    const { input, terminal } = this.#conduct;
    takeSignals({
      onFirst: (signal) => this.#onFirst(signal),
      onSecond: (signal) => this.#onSecond(signal),
      onThird: (signal) => process.exit(exitCodeOf(signal)),
    });
    // A handler may throw where no turn catches it. What runs may be broken then, but every line
    // that was read still gets its result.
    process.on('uncaughtException', (error) => this.#onUncaught(error));
    const { queue, tally } = this.#run;
    const endProgress = startProgress(terminal, {
      queue,
      tally,
      sizeBytes: input.sizeBytes,
      ending: () => this.#early?.reason,
    });
    const end = await this.#run.finish();
    endProgress();
    await this.#results.flush();
    this.#sayEnd(end);
    const hasFailed = tally.failed + tally.bad > 0 || end.readError !== undefined;
    return this.#early?.exitCode ?? (hasFailed ? exitCodes.failed : exitCodes.ok);
  }

  #onFirst(signal: EndSignal): void {
    const { running, waiting } = this.#run.queue.inspect();
    this.#early ??= { reason: signal, exitCode: exitCodeOf(signal) };
    this.#run.stop();
    this.#say(
      `${signal}: no further line is read. ${formatCount(running)} running and ${formatCount(waiting)} waiting ` +
        'lines still run; a second signal aborts them.',
    );
  }

  #onSecond(signal: EndSignal): void {
    const { running, waiting } = this.#run.queue.inspect();
    this.#say(
      `${signal}: ${formatCount(running)} running lines are aborted, ${formatCount(waiting)} waiting ones never start.`,
    );
    this.#run.abort();
  }

  #onBroken(error: Error): void {
    // The reader has seen enough (`| head`): that is no failure to talk about.
    const hasLeft = 'code' in error && error.code === 'EPIPE';
    if (!hasLeft) this.#say(`the results can't be written: ${printable(error.message)}`);
    this.#early ??= { reason: 'results', exitCode: hasLeft ? exitCodes.brokenPipe : exitCodes.failed };
    this.#run.abort();
  }

  #onUncaught(error: unknown): void {
    const lines = inspect(error)
      .split('\n')
      .map((line) => printable(line));
    this.#say(`an error outside any turn ends the run: ${lines.join('\n')}`);
    this.#early ??= { reason: 'error', exitCode: exitCodes.failed };
    this.#run.abort();
  }

  #sayEnd({ stuck, readError }: RunEnd): void {
    if (this.#early?.exitCode === exitCodes.brokenPipe) return;
    if (readError !== undefined) {
      const what = readError instanceof ChangedInputError ? 'the input was changed' : 'the input broke off';
      this.#say(`${what}: ${printable(describeError(readError).message)}`);
    }
    if (stuck.length > 0) this.#say(describeStuck(stuck));
    const { output } = this.#conduct;
    this.#terminal.say(describeSummary(this.#run.tally, { endedBy: this.#early?.reason, output }));
  }

  #say(message: string): void {
    this.#terminal.say(`${message}\n`);
  }
}

function describeStuck(stuck: RunEnd['stuck']): string {
  const shown = stuck.slice(0, 5).map(({ key }) => quoteKey(key));
  const more = stuck.length > shown.length ? ` and ${formatCount(stuck.length - shown.length)} more` : '';
  return `given up, though still running: ${shown.join(', ')}${more}`;
}
