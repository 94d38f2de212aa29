/** The sub-command `run`: its options, their help, and what they make of a run. */
import { availableParallelism } from 'node:os';
import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { printable } from '../printable.ts';
import { createTerminal } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { readStorePath } from '../store/store-option.ts';
import { createCommandHandler } from './command-handler.ts';
import { conductRun } from './conduct-run.ts';
import type { Handler } from './handler.ts';
import type { KeyPath } from './key-path.ts';
import { LinesInMemory } from './line-queue.ts';
import type { LineQueue } from './line-queue.ts';
import { openLineStore } from './line-store.ts';
import { loadModuleHandler } from './module-handler.ts';
import { openInput } from './open-input.ts';
import { openOutput } from './open-output.ts';
import { readCount, readKeyPath, readMilliseconds } from './option-values.ts';
import { describeError } from './result.ts';
import { StoredLines } from './stored-lines.ts';

interface RunOptions {
  readonly key: KeyPath;
  readonly concurrency: number;
  readonly maxPending: number;
  readonly timeout?: number;
  readonly handler?: string;
  readonly output?: string;
  readonly store?: string;
  readonly attempts?: number;
}

/** Adds `run` to the program. `command` is what stood behind `--`, if anything did. */
export function addRunCommand(program: Command, command: readonly string[] | undefined): void {
  const run = program.command('run');
  run
    .usage(usage)
    .summary('run a handler for every line of a JSON Lines file')
    .description(description)
    .argument('[file]', 'JSON Lines, UTF-8; standard input without it or for -')
    .requiredOption('--key <path>', 'where a line has its session key: .session, .chat.id, .["odd key"]', readKeyPath)
    .option('--handler <module>', 'a module whose default export is (value, turn) => result')
    .option('--concurrency <n>', 'lines that run at once, each of another session', readCount, availableParallelism())
    .option('--timeout <ms>', 'the longest a line may run; then it fails and is aborted', readMilliseconds)
    .option('--max-pending <n>', 'lines that are read and not done, at most', readCount, 1_000)
    .option('--output <file>', 'writes the results there, not to standard output')
    .option('--store <file>', 'keeps lines in a SQLite file, so that a run goes on after a crash', (text) =>
      readStorePath(run, text),
    )
    .option('--attempts <n>', 'with --store: how often a line runs until it is done (default: 1)', readCount)
    .addHelpText('after', details);
  run.action(async (file: string | undefined) => {
    await startRun(run, { file, command, ...run.opts<RunOptions>() });
  });
}

const usage = `[options] [file] --handler <module>
       tinyclaw-queue run [options] [file] -- <command> [args...]`;

const description =
  'Runs a handler for every line of a JSON Lines file: the lines of one session strictly in order, one at a ' +
  'time, different sessions at once. Writes a result for each line, as JSON Lines, in the order of completion.';

const details = `
A command gets the line on its standard input, TINYCLAW_KEY and TINYCLAW_LINE in
its environment; what it writes is the value, as JSON if it is JSON. Any exit
code but 0 is a failure.

With --store the same command, started again after a crash, goes on where that
one ended: what was done is not run again, and has its result in the output. See
ls, show, retry and drop for what waits in the file and what has failed.

The first SIGINT or SIGTERM ends the reading and lets what was read run; the
second aborts it.

Exit codes: 0 every line ok, 1 something failed, 2 wrong usage, 130 or 143 ended
by SIGINT or SIGTERM, 141 the reader of the results has left.

Examples:
  tinyclaw-queue run chat.jsonl --key .chat.id --handler ./reply.js > out.jsonl
  zcat log.gz | tinyclaw-queue run --key .user --timeout 5000 -- ./import-one.sh
  tinyclaw-queue run big.jsonl --key .user --store big.db --handler ./reply.js`;

interface Request extends RunOptions {
  readonly file: string | undefined;
  readonly command: readonly string[] | undefined;
}

async function startRun(run: Command, request: Request): Promise<void> {
  const terminal = createTerminal(process.stderr);
  const { file, key, maxPending, output } = request;
  const handler = await chooseHandler(run, request, terminal);
  const input = await orUsageError(run, `can't read ${file ?? 'standard input'}`, () => openInput(file));
  const results = await orUsageError(run, `can't write ${output}`, () => openOutput(output, input));
  const lines = await openLines(run, request, handler);
  if (input.isTerminal) terminal.say('Reading lines from the terminal, up to Ctrl-D.\n');
  const exitCode = await conductRun({
    input,
    keyPath: key,
    lines,
    maxPending,
    results,
    sharesTerminal: output === undefined && process.stdout.isTTY,
    output,
    terminal,
  });
  await terminal.flush();
  // Not left to Node: a handler may have timers or connections open that would hold it up for ever.
  process.exit(exitCode);
}

async function openLines(run: Command, request: Request, handler: Handler): Promise<LineQueue> {
  const { concurrency, timeout, store, attempts } = request;
  const options = { concurrency, timeoutMs: timeout };
  if (store !== undefined) {
    return orUsageError(run, `can't use --store ${store}`, () => {
      return new StoredLines(handler, options, openLineStore(store, attempts ?? 1));
    });
  }
  if (attempts !== undefined) return run.error('error: --attempts needs --store, which remembers how many there were');
  return new LinesInMemory(handler, options);
}

async function chooseHandler(run: Command, { handler, command }: Request, terminal: Terminal): Promise<Handler> {
  if (handler !== undefined && command === undefined) {
    return orUsageError(run, `can't use --handler ${handler}`, () => loadModuleHandler(handler, toMessages(terminal)));
  }
  const [program, ...args] = command ?? [];
  if (handler === undefined && program !== undefined) return createCommandHandler({ program, args });
  const got = handler !== undefined ? 'both' : command === undefined ? 'neither' : 'nothing after --';
  return run.error(`error: expected either --handler <module> or -- <command>, got ${got}`);
}

/** What can go wrong before the first line is read is the user's to put right. */
async function orUsageError<T>(run: Command, what: string, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    return run.error(`error: ${printable(`${what}: ${describeError(error).message}`)}`);
  }
}

function toMessages(terminal: Terminal): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      terminal.say(chunk.toString());
      done();
    },
  });
}
