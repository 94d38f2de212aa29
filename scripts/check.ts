/**
 * Everything that must hold before a change lands, as a list of steps: `npm run check`. Stops at the first step that
 * fails and says which command it was. `npm run check -- --only lint,types` runs those alone, `--list` names them all.
 */
import { parseArgs } from 'node:util';

import { checkExamples } from './check-examples.ts';
import { checkInstall } from './check-install.ts';
import { checkLint } from './check-lint.ts';
import { checkPackage } from './check-package.ts';
import { checkRecipes } from './check-recipes.ts';
import { checkSize } from './check-size.ts';
import { checkTypes } from './check-types.ts';
import { runCommand } from './run-command.ts';
import { runOnEveryRuntime } from './runtimes.ts';
import { runTool } from './tool.ts';

interface Step {
  readonly name: string;
  readonly says: string;
  readonly run: () => Promise<unknown>;
}

const steps: readonly Step[] = [
  {
    name: 'install',
    says: 'versions are pinned, lock files name no registry, the root stays light',
    run: checkInstall,
  },
  { name: 'format', says: 'every file is as oxfmt writes it', run: () => runTool('oxfmt', ['--check']) },
  { name: 'lint', says: 'house style and layers', run: checkLint },
  { name: 'types', says: 'programs that must compile do, programs that must not do not', run: checkTypes },
  { name: 'build', says: 'dist/', run: () => runCommand('npm', ['run', '--silent', 'build']) },
  { name: 'size', says: 'the core and the policies stay small', run: checkSize },
  { name: 'knip', says: 'no unused file, export or dependency', run: checkUnused },
  { name: 'package', says: 'the packed tarball, with publint and attw', run: checkPackage },
  { name: 'test', says: 'every test on this Node, from source', run: () => runCommand('npm', ['test', '--silent']) },
  {
    name: 'scale',
    says: 'a million tasks of one session, and of a million',
    run: () => runCommand('npm', ['run', '--silent', 'test:scale']),
  },
  {
    name: 'soak',
    says: 'a minute of processes that share a Redis and are killed at random',
    run: () => runCommand('npm', ['run', '--silent', 'soak', '--', '--minutes', '1']),
  },
  { name: 'start', says: 'the example of the README', run: startExample },
  { name: 'recipes', says: 'the recipes against the packages they use', run: checkRecipes },
  { name: 'examples', says: 'the gateways and the bots, against the packages they use', run: checkExamples },
  { name: 'runtimes', says: 'the built package on every runtime', run: () => runOnEveryRuntime() },
];

const { values } = parseArgs({ options: { only: { type: 'string' }, list: { type: 'boolean', default: false } } });
if (values.list) for (const step of steps) console.log(`${step.name.padEnd(9)} ${step.says}`);
else await runSteps(chooseSteps(values.only));

function chooseSteps(only: string | undefined): readonly Step[] {
  if (only === undefined) return steps;
  return only.split(',').map((name) => {
    const step = steps.find((candidate) => candidate.name === name);
    if (step === undefined) throw new Error(`no step ${name}; --list names them`);
    return step;
  });
}

async function checkUnused(): Promise<void> {
  // It is that file which tells knip that what package.json calls dist/ comes from src/.
  await runTool('knip', ['--tsConfig', 'tsconfig.build.json']);
}

async function startExample(): Promise<void> {
  const output = await runCommand('npm', ['start', '--silent'], { isShown: false });
  // The results are thousands of lines of JSON; what a person looks at comes beside them.
  const lines = output.split('\n').filter((line) => !line.startsWith('{'));
  console.log(lines.join('\n').trim());
}

async function runSteps(chosen: readonly Step[]): Promise<void> {
  for (const { name, says, run } of chosen) {
    const startedMs = performance.now();
    console.log(`\n== ${name}: ${says}`);
    try {
      // One after another: the machine is small, and the first failure is what one wants to see last.
      await run();
    } catch (error) {
      console.error(`\n== ${name} failed: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
      return;
    }
    console.log(`== ${name} passed in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  }
  console.log(`\n${chosen.length} of ${chosen.length} steps passed`);
}
