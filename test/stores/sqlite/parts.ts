/** What the tests of the SQLite store are made of: folders of their own, and programs that can be killed. */
import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

import type { Ticket, TicketOutcome } from '#src/index.ts';

/** Why none of these tests can run here, if so. */
export const skip: string | false = ['node:sqlite', 'bun:sqlite'].some(hasModule)
  ? false
  : 'this runtime has neither node:sqlite nor bun:sqlite';

/** A new folder, which is removed when all tests of the file have ended. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'queue-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Program {
  readonly process: ChildProcess;
  /** The lines that it has written so far. */
  readonly lines: readonly string[];
  /** Resolves when it has written so many lines, or has ended. */
  written(count: number): Promise<void>;
  /** Resolves to what it wrote to stderr when it has ended and all its output is read. */
  readonly ended: Promise<string>;
}

export interface ProgramOptions extends SpawnOptions {
  /** What starts the runtime, such as `['setpriv', '--reuid=65534']`. */
  readonly launcher?: readonly string[];
}

/** Starts a program of the folder beside this file, from source or compiled, as the test itself is. */
export function startProgram(name: string, args: readonly string[], options: ProgramOptions = {}): Program {
  const { launcher = [], ...others } = options;
  const isSource = import.meta.url.endsWith('.ts');
  const path = fileURLToPath(new URL(`programs/${name}.${isSource ? 'ts' : 'js'}`, import.meta.url));
  const [command = '', ...words] = [...launcher, process.execPath, ...flags(isSource), path, ...args];
  const child = spawn(command, words, { ...others, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const waiters = new Set<() => void>();
  let hasEnded = false;
  let errors = '';
  const look = (): void => {
    for (const waiter of waiters) waiter();
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      hasEnded = true;
      look();
      resolve(errors);
    });
  });
  const written = (count: number): Promise<void> =>
    new Promise((resolve) => {
      const waiter = (): void => {
        if (lines.length < count && !hasEnded) return;
        waiters.delete(waiter);
        resolve();
      };
      waiters.add(waiter);
      waiter();
    });
  return { process: child, lines, written, ended };
}

/** Runs such a program to its end, and gives what it wrote as JSON. */
export async function runProgram<Report>(
  name: string,
  args: readonly string[],
  options?: ProgramOptions,
): Promise<Report> {
  const program = startProgram(name, args, options);
  const errors = await program.ended;
  try {
    return JSON.parse(program.lines.join('\n')) as Report;
  } catch (cause) {
    throw new Error(`${name} wrote ${program.lines.join('\n')} ${errors}`, { cause });
  }
}

/** How tickets ended, in a word or two each. */
export async function describeAll(tickets: readonly Ticket<unknown>[]): Promise<readonly string[]> {
  return Promise.all(tickets.map(async (ticket) => describeOutcome(await ticket.outcome)));
}

function describeOutcome(outcome: TicketOutcome<unknown>): string {
  switch (outcome.type) {
    case 'done':
      return `done ${String(outcome.value)}`;
    case 'merged':
      return `merged into ${outcome.into}`;
    default:
      return `${outcome.type} ${outcome.code ?? String(outcome.error)}`;
  }
}

/** The message of what it throws. */
export function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('It threw nothing.');
}

function flags(isSource: boolean): readonly string[] {
  if ('deno' in process.versions) return ['run', '--allow-all', '--quiet'];
  // Silent about a module that is still called experimental.
  return 'bun' in process.versions ? [] : [...(isSource ? ['--conditions=source'] : []), '--no-warnings'];
}

function hasModule(name: string): boolean {
  try {
    return process.getBuiltinModule(name) !== undefined;
  } catch {
    return false;
  }
}
