/** Runs the real command as a process of its own, and gives what a user would see of it. */
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

/** The command's file: its source, or what was built of it, as the tests are run. */
export const commandFile: string = fileURLToPath(import.meta.resolve('#src/cli/main.ts'));

/** Halves what it costs to start the command from its source, which the tests do often. */
const compileCache = join(tmpdir(), 'queue-cli-compile-cache');

/** One line of the results. */
export interface ResultLine {
  readonly line: number;
  readonly key: string | null;
  readonly ok: boolean;
  readonly value?: unknown;
  readonly error?: { readonly name: string; readonly message: string; readonly code?: string | number };
  readonly waitedMs: number;
  readonly ranMs: number;
}

/** How a command ended, and all that it wrote. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly results: readonly ResultLine[];
}

export interface CliOptions {
  /** What it gets on standard input, which is closed then. Without it, the test writes and closes it. */
  readonly input?: string | Buffer;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A command that runs. */
export interface CliProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves as soon as standard error holds `text`; rejects when the command ends without it. */
  readonly untilStderr: (text: string) => Promise<void>;
  readonly ended: Promise<Ended>;
}

/** Runs `tinyclaw-queue` with these words, to its end. */
export function runCli(words: readonly string[], options: CliOptions = {}): Promise<Ended> {
  return startCli(words, { input: '', ...options }).ended;
}

/** Starts `tinyclaw-queue` with these words. */
export function startCli(words: readonly string[], options: CliOptions = {}): CliProcess {
  return startProgram(process.execPath, [commandFile, ...words], options);
}

/** Starts any program. */
export function startProgram(program: string, words: readonly string[], options: CliOptions = {}): CliProcess {
  const { input, cwd, env } = options;
  const child = spawn(program, words, { cwd, env: { ...process.env, NODE_COMPILE_CACHE: compileCache, ...env } });
  const output = new Text(child.stdout);
  const messages = new Text(child.stderr);
  child.stdin.on('error', () => {});
  if (input !== undefined) child.stdin.end(input);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => {
      messages.end();
      resolve({ exitCode, stdout: output.text, stderr: messages.text, results: parseResults(output.text) });
    });
  });
  return { child, untilStderr: (text) => messages.until(text), ended };
}

/** A folder for one test, removed after it. */
export async function makeFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'queue-cli-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The results in the order of their lines. */
export function byLine(results: readonly ResultLine[]): ResultLine[] {
  return results.toSorted((one, other) => one.line - other.line);
}

/** The path of a handler that the tests bring. */
export function fixture(name: string): string {
  return join(import.meta.dirname, 'fixtures', name);
}

/** JSON Lines of these values. */
export function toJsonLines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

function parseResults(output: string): ResultLine[] {
  const lines = output.split('\n').filter((line) => line.startsWith('{"line":') && line.endsWith('}'));
  return lines.map((line) => JSON.parse(line) as ResultLine);
}

/** What a stream has given so far. */
class Text {
  text = '';
  readonly #waiting = new Set<() => void>();
  #isOver = false;

  constructor(stream: NodeJS.ReadableStream) {
    stream.setEncoding('utf8');
    stream.on('data', (part: string) => {
      this.text += part;
      for (const look of this.#waiting) look();
    });
  }

  until(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const isThere = this.text.includes(text);
        if (!isThere && !this.#isOver) return;
        this.#waiting.delete(look);
        if (isThere) resolve();
        else reject(new Error(`ended without ${JSON.stringify(text)}; it wrote: ${this.text}`));
      };
      this.#waiting.add(look);
      look();
    });
  }

  end(): void {
    this.#isOver = true;
    for (const look of this.#waiting) look();
  }
}
