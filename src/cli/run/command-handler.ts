/**
 * A handler that is a command: one process for each line, which gets the line on its standard input
 * and whose standard output is the result.
 */
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Handler } from './handler.ts';
import type { KeyedLine } from './keyed-line.ts';
import { endProcessGroup, hasProcessGroups } from './process-group.ts';

/** The command, its arguments, and the longest output it may write (64 MiB by default). */
export interface CommandOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly maxOutputBytes?: number;
}

/** A command that could not be started, ended with another exit code than 0, or wrote too much. */
class CommandError extends Error {
  /** The exit code, or the name of the signal or of the system's error. */
  readonly code: number | string;

  constructor(code: number | string, message: string) {
    super(message);
    this.code = code;
  }

  static {
    this.prototype.name = 'CommandError';
  }
}

/**
 * The turn of a line ends when its process has ended and closed its output. When the turn is
 * aborted the whole process group is ended first.
 */
export function createCommandHandler({ program, args, maxOutputBytes = 64 * 1024 * 1024 }: CommandOptions): Handler {
  // Only these three are kept while the line waits, not its parsed value.
  return ({ number, key, text }) =>
    async (turn) => {
      const child = await start(program, args, { number, key }).catch(rethrowAsCommandError);
      const ended = waitForClose(child);
      const output = new Output(child, maxOutputBytes);
      let ending: Promise<void> | undefined;
      const end = (): void => void (ending ??= endProcessGroup(child));
      turn.signal.addEventListener('abort', end, { once: true });
      output.onOverflow = end;
      // A command that doesn't read all of its line closes the pipe early; that is its own affair.
      child.stdin.on('error', () => {});
      child.stdin.end(`${text}\n`);
      const how = await ended;
      await ending;
      return output.read(how);
    };
}

async function start(
  program: string,
  args: readonly string[],
  { number, key }: Pick<KeyedLine, 'number' | 'key'>,
): Promise<ChildProcessWithoutNullStreams> {
  if (key.includes('\0')) {
    throw new CommandError('bad-key', 'its key holds a NUL character, which TINYCLAW_KEY can not carry');
  }
  const child = spawn(program, args, {
    // A group of its own, so that what the command starts ends with it, and so that Ctrl-C at the
    // terminal reaches only the run, which then lets running lines end.
    detached: hasProcessGroups,
    env: { ...process.env, TINYCLAW_KEY: key, TINYCLAW_LINE: String(number) },
    windowsHide: true,
  });
  // Without a process there may be no pipes either.
  if (child.pid === undefined) return new Promise((_resolve, reject) => void child.once('error', reject));
  return child;
}

interface HowEnded {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

function waitForClose(child: ChildProcessWithoutNullStreams): Promise<HowEnded> {
  return new Promise((resolve) => void child.once('close', (exitCode, signal) => resolve({ exitCode, signal })));
}

function rethrowAsCommandError(error: unknown): never {
  if (error instanceof CommandError || !(error instanceof Error)) throw error;
  throw new CommandError('code' in error ? String(error.code) : error.name, `could not be started: ${error.message}`);
}

const complaintBytes = 2_000;

/** What a process writes: all of its standard output, and the end of its standard error. */
class Output {
  onOverflow: (() => void) | undefined;
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #bytes = 0;
  #complaint = Buffer.alloc(0);

  constructor(child: ChildProcessWithoutNullStreams, maxBytes: number) {
    this.#maxBytes = maxBytes;
    child.stdout.on('data', (part: Buffer) => this.#add(part));
    child.stderr.on('data', (part: Buffer) => {
      this.#complaint = Buffer.concat([this.#complaint, part]).subarray(-complaintBytes);
    });
  }

  /** The result of the process. @throws CommandError when it failed. */
  read({ exitCode, signal }: HowEnded): unknown {
    if (this.#bytes > this.#maxBytes) throw new CommandError('too-long', `wrote more than ${this.#maxBytes} bytes`);
    if (exitCode !== 0) {
      const complaint = this.#complaint.toString().trim();
      const [code, how] = exitCode !== null ? [exitCode, 'exit code'] : [String(signal), 'ended by'];
      throw new CommandError(code, `${how} ${code}${complaint === '' ? '' : `: ${complaint}`}`);
    }
    return parseOutput(Buffer.concat(this.#parts).toString());
  }

  #add(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes <= this.#maxBytes) {
      this.#parts.push(part);
      return;
    }
    this.#parts = [];
    this.onOverflow?.();
  }
}

function parseOutput(output: string): unknown {
  const text = output.replace(/\r?\n$/, '');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
