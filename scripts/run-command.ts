/** Runs a command the way the scripts need it: its output shown, its failure told with the command line. */
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, where commands run unless told otherwise. */
export const root: string = fileURLToPath(new URL('..', import.meta.url));

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Show what the command writes while it runs: default true. A command that fails is shown either way. */
  readonly isShown?: boolean;
  /** Take a failure for an answer: default false. */
  readonly mayFail?: boolean;
}

/**
 * Runs a command to its end and gives what it wrote, stdout and stderr as they came. Finds the programs of the root's and of tools/'s
 * node_modules first, so that a script behaves the same under `npm run` and by itself.
 *
 * @throws Error with the command line, when the command can't be started or fails.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { cwd = root, env = {}, isShown = true, mayFail = false } = options;
  const commandLine = [command, ...args].join(' ');
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, PATH: searchPath(), NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let written = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      written += chunk;
      if (isShown) process.stdout.write(chunk);
    });
  }
  const ending = await new Promise<string>((resolve, reject) => {
    child.once('error', (cause) => reject(new Error(`could not start: ${commandLine}`, { cause })));
    child.once('close', (code, signal) => resolve(signal ?? String(code)));
  });
  if (ending === '0' || mayFail) return written;
  if (!isShown) process.stdout.write(written);
  throw new Error(`ended with ${ending}: ${commandLine}`);
}

/** Ends the process with an error's message instead of its stack: for the scripts that people start. */
export async function runScript(script: Promise<unknown>): Promise<void> {
  await script.catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
}

function searchPath(): string {
  const folders = ['node_modules/.bin', 'tools/node_modules/.bin'].map((folder) => join(root, folder));
  return [...folders, process.env['PATH'] ?? ''].join(delimiter);
}
