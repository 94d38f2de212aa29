/** Compiles and runs the programs of the documentation. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';

import { expectedOutput } from './doc-blocks.ts';
import type { DocProgram } from './doc-blocks.ts';
import { root, runCommand } from './run-command.ts';

/**
 * Compiles a folder of programs with the rules of the library's own code.
 *
 * @throws Error when one doesn't compile; the compiler's messages are shown, with the line numbers of the page.
 */
export async function compilePrograms(folder: string): Promise<void> {
  await runCommand('tsc', ['-p', join(folder, 'tsconfig.json')], { isShown: false });
}

/**
 * Runs a program in a process of its own, with these environment variables beside the usual ones. Fails unless it ends
 * well and writes what its comments say.
 */
export async function runProgram(program: DocProgram, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const { exitCode, stdout, stderr } = await run(program.file, env);
  assert.equal(exitCode, 0, `${program.page}:${program.line}: ended with ${exitCode}\n${stdout}${stderr}`);
  const lines = stdout.split('\n').filter((line) => line !== '');
  const expected = expectedOutput(program);
  if (expected.length > 0) assert.deepEqual(lines, expected, `${program.page}:${program.line}: wrote something else`);
}

/** Whether a program says what has to come out of it; one that doesn't could do anything. */
export function saysWhatComesOut(program: DocProgram): boolean {
  return /\bassert[.(]/.test(program.code) || expectedOutput(program).length > 0;
}

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

// Most of a short program's time goes into reading the library's source, which is the same for all of them.
const usualEnv = { ...process.env, NODE_COMPILE_CACHE: join(root, '.build/compile-cache') };

function run(file: string, extraEnv: Readonly<Record<string, string>>): Promise<Ended> {
  const env = { ...usualEnv, ...extraEnv };
  const child = spawn(process.execPath, [file], { cwd: dirname(file), env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (stdout += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (stderr += part));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}
