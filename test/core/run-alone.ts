/**
 * Runs a function as a program of its own, for what can't be seen beside a test runner: rejections that nobody
 * handles, the heap, a runtime without some module. The function sees nothing but its argument and what is global.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { createQueueWithClock } from '#src/core/create-session-queue.ts';
import type { createSessionQueue, QueueError } from '#src/index.ts';

/** What such a program gets. */
export interface Alone {
  readonly createSessionQueue: typeof createSessionQueue;
  readonly QueueError: typeof QueueError;
  readonly createQueueWithClock: typeof createQueueWithClock;
  /** Lets everything happen that needs no time to go by, reports of unhandled rejections included. */
  readonly settle: () => Promise<void>;
  /** Frees what nobody holds. */
  readonly collectGarbage: () => Promise<void>;
}

/** How such a program ended. */
export interface AloneReport<Result> {
  readonly result: Result;
  /** What nobody handled or caught: the queue's own codes, and the messages of other errors. */
  readonly unhandled: readonly string[];
}

/** Runs the program. `before`, a function or the source of one, is called before the library is loaded. */
export async function runAlone<Result>(
  program: (alone: Alone) => Result | Promise<Result>,
  before: (() => unknown) | string = () => undefined,
): Promise<AloneReport<Result>> {
  const [report] = await runEachAlone([program], before);
  assert.ok(report !== undefined);
  return report;
}

/** Runs several programs in one process, each when what the one before left unhandled has been told. */
export async function runEachAlone<Result>(
  programs: readonly ((alone: Alone) => Result | Promise<Result>)[],
  before: (() => unknown) | string = () => undefined,
): Promise<readonly AloneReport<Result>[]> {
  const library = import.meta.resolve('#src/index.ts');
  const withClock = import.meta.resolve('#src/core/create-session-queue.ts');
  const source = [
    'const { process } = globalThis;',
    `(${before.toString()})();`,
    `const library = { ...(await import(${JSON.stringify(library)})), ...(await import(${JSON.stringify(withClock)})) };`,
    // In case it was hidden from the library.
    'globalThis.process = process;',
    `const programs = [${programs.join(',\n')}];`,
    `await (${runPrograms.toString()})(library, programs);`,
  ].join('\n');
  const output = await run(source);
  try {
    return JSON.parse(output) as readonly AloneReport<Result>[];
  } catch (cause) {
    throw new Error(`the program wrote ${output}`, { cause });
  }
}

async function runPrograms<Result>(
  library: Omit<Alone, 'settle' | 'collectGarbage'>,
  programs: readonly ((alone: Alone) => Result | Promise<Result>)[],
): Promise<void> {
  let unhandled: string[] = [];
  const note = (reason: unknown): void => {
    const { code, message } = reason as { readonly code?: string; readonly message?: string };
    unhandled.push(code ?? message ?? String(reason));
  };
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);
  const settle = async (): Promise<void> => {
    for (let pass = 0; pass < 4; pass += 1) {
      await new Promise((resolve) => {
        setTimeout(resolve, 0);
      });
    }
  };
  const runtime = globalThis as { gc?: () => void; Bun?: { gc: (isBlocking: boolean) => void } };
  const collectGarbage = async (): Promise<void> => {
    for (let pass = 0; pass < 4; pass += 1) {
      await settle();
      runtime.gc?.();
      runtime.Bun?.gc(true);
    }
  };
  const reports: AloneReport<Result>[] = [];
  for (const program of programs) {
    try {
      const result = await program({ ...library, settle, collectGarbage });
      await settle();
      reports.push({ result, unhandled });
      unhandled = [];
    } catch (error) {
      process.stderr.write(error instanceof Error ? (error.stack ?? error.message) : String(error));
      process.exit(1);
    }
  }
  process.stdout.write(JSON.stringify(reports));
  process.exitCode = 0;
}

/** The name of the runtime that the tests run on. */
export const runtimeName: 'node' | 'bun' | 'deno' =
  'bun' in process.versions ? 'bun' : 'deno' in process.versions ? 'deno' : 'node';

/** Starting from the source costs half a second without it, and there are many such programs. */
const compileCache = join(tmpdir(), 'queue-core-compile-cache');

const words = {
  node: ['--expose-gc', '--input-type=module', '--eval'],
  bun: ['--eval'],
  deno: ['eval', '--v8-flags=--expose-gc'],
} as const;

function run(source: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...words[runtimeName], source], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // A queue that is broken may never be done.
      timeout: 60_000,
      env: { NODE_COMPILE_CACHE: compileCache, ...process.env },
    });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.on('error', reject);
    child.on('close', (exitCode) => {
      if (exitCode === 0) resolve(output);
      else reject(new Error(`the program ended with ${exitCode}: ${errors}`));
    });
  });
}
