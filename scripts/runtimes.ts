/**
 * Runs the tests of the built package on every runtime it promises to work on: `node scripts/runtimes.ts`, or with
 * names (`node scripts/runtimes.ts bun chromium`) on those alone. The tests are compiled, so `#src/…` is dist/ in them.
 */
import { cpSync, globSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { installFolder } from './install-folder.ts';
import { root, runCommand, runScript } from './run-command.ts';

/** Compiles the tests, runs them on each runtime, and fails unless every one of them ran tests and passed them all. */
export async function runOnEveryRuntime(names: readonly string[] = []): Promise<void> {
  await installFolder('tools');
  await installFolder('runtimes');
  const files = await compileTests();
  const rows: string[] = [];
  for (const runtime of chooseRuntimes(names)) {
    console.log(`\n-- ${runtime.name}`);
    const left = files.filter((file) => reasonToSkip(runtime, file) === undefined);
    for (const file of files) {
      const reason = reasonToSkip(runtime, file);
      if (reason !== undefined) console.log(`not run: ${file}: ${reason}`);
    }
    // One after another: each runtime uses every core by itself.
    const { version, passed } = await runtime.run(left);
    if (passed === 0) throw new Error(`${runtime.name} ran no test`);
    rows.push(`${runtime.name.padEnd(9)} ${version.padEnd(16)} ${passed} passed, in ${left.length} files`);
  }
  console.log(`\n${rows.join('\n')}`);
}

interface RuntimeRun {
  readonly version: string;
  readonly passed: number;
}

interface Runtime {
  readonly name: string;
  run(files: readonly string[]): Promise<RuntimeRun>;
}

const runtimes: readonly Runtime[] = [
  { name: 'node20', run: (files) => runOnNode('node20', files) },
  { name: 'node22', run: (files) => runOnNode('node22', files) },
  { name: 'node26', run: (files) => runOnNode('node26', files) },
  { name: 'bun', run: runOnBun },
  { name: 'deno', run: runOnDeno },
  { name: 'chromium', run: runOnChromium },
];

/** Which files a runtime can't run, and why. */
const skips: readonly { readonly file: RegExp; readonly runtimes: readonly string[]; readonly reason: string }[] = [
  {
    file: /\.node\.test\.js$/,
    runtimes: ['chromium'],
    reason: 'it needs AsyncLocalStorage or process, which a browser does not have',
  },
  {
    file: /\/test\/stores\/bullmq/,
    runtimes: ['bun', 'deno', 'chromium'],
    reason: 'bullmq and ioredis are packages for Node',
  },
  {
    file: /\/test\/cli\//,
    runtimes: ['bun', 'deno', 'chromium'],
    reason: 'the command is a program for Node',
  },
];

function reasonToSkip(runtime: Runtime, file: string): string | undefined {
  return skips.find((skip) => skip.runtimes.includes(runtime.name) && skip.file.test(file))?.reason;
}

function chooseRuntimes(names: readonly string[]): readonly Runtime[] {
  const unknown = names.filter((name) => !runtimes.some((runtime) => runtime.name === name));
  if (unknown.length > 0) throw new Error(`no runtime ${unknown.join(', ')}`);
  return runtimes.filter((runtime) => names.length === 0 || names.includes(runtime.name));
}

async function compileTests(): Promise<readonly string[]> {
  const compiled = '.build/tests';
  rmSync(join(root, compiled), { recursive: true, force: true });
  await runCommand('npm', ['run', '--silent', 'build']);
  await runCommand('tsc', ['-p', 'runtimes/tsconfig.tests.json']);
  // What the tests read or run by path, and the compiler therefore leaves behind.
  for (const path of globSync(['test/**/fixtures', 'examples/*.{js,jsonl}'], { cwd: root })) {
    cpSync(join(root, path), join(root, compiled, path), { recursive: true });
  }
  return globSync(`${compiled}/test/**/*.test.js`, { cwd: root }).toSorted();
}

async function runOnNode(name: string, files: readonly string[]): Promise<RuntimeRun> {
  const program = join(root, 'runtimes/node_modules', name, 'bin/node');
  const version = await runCommand(program, ['--version'], { isShown: false });
  const output = await runCommand(program, ['--test', '--test-timeout=120000', '--test-reporter=spec', ...files]);
  return { version: version.trim(), passed: countIn(output, /^ℹ pass (\d+)$/m) };
}

async function runOnBun(files: readonly string[]): Promise<RuntimeRun> {
  const program = join(root, 'runtimes/node_modules/bun/bin/bun.exe');
  const version = await runCommand(program, ['--version'], { isShown: false });
  // Bun takes a bare path for a pattern, and gives a test five seconds where node:test has no limit.
  const args = ['test', '--timeout=60000', ...files.map((file) => `./${file}`)];
  const output = await runCommand(program, args);
  return { version: version.trim(), passed: countIn(output, /^ *(\d+) pass$/m) };
}

async function runOnDeno(files: readonly string[]): Promise<RuntimeRun> {
  const program = join(root, 'runtimes/node_modules/.bin/deno');
  const version = await runCommand(program, ['--version'], { isShown: false });
  // Deno counts the tests inside a group as steps, and the group as one more.
  const output = await runCommand(program, ['test', '--allow-all', '--no-check', ...files]);
  return {
    version: version.split(' ')[1] ?? version,
    passed: countIn(output, /^ok \| (\d+) passed(?: \((\d+) steps?\))?/m),
  };
}

async function runOnChromium(files: readonly string[]): Promise<RuntimeRun> {
  const output = await runCommand(process.execPath, ['runtimes/chromium.ts', ...files]);
  const version = /^Chromium (\S+)$/m.exec(output)?.[1] ?? '';
  return { version, passed: countIn(output, /^(\d+) passed/m) };
}

// The sum of the numbers in the line that closes a run; 0 without such a line.
function countIn(output: string, closingLine: RegExp): number {
  const [, ...counts] = closingLine.exec(output) ?? [];
  return counts.reduce((sum, count) => sum + Number(count || 0), 0);
}

if (import.meta.main) await runScript(runOnEveryRuntime(process.argv.slice(2)));
