/**
 * Compiles and runs the blocks of the documentation that use other people's packages, against the real ones, which
 * recipes/package.json brings: `node scripts/check-recipes.ts`. What a chat service would answer is answered by the
 * blocks themselves.
 */
import { join } from 'node:path';

import { needsPackages, readPageBlocks, writePrograms } from './doc-blocks.ts';
import { installFolder } from './install-folder.ts';
import { root, runScript } from './run-command.ts';
import { compilePrograms, runProgram, saysWhatComesOut } from './run-doc-program.ts';

/** Runs every such block, and fails at the first that doesn't do what it says. */
export async function checkRecipes(): Promise<void> {
  await installFolder('recipes');
  const blocks = readPageBlocks().filter(({ language }) => /^[jt]s$/.test(language));
  // Inside recipes/, where its packages are found.
  const folder = join(root, 'recipes/.build');
  const programs = writePrograms(
    folder,
    blocks.filter((block) => needsPackages(block, blocks)),
  );
  await compilePrograms(folder);
  for (const program of programs) {
    const { page, line, name, isPart } = program;
    if (isPart) {
      console.log(`compiled  ${page}:${line} ${name}`);
      continue;
    }
    if (!saysWhatComesOut(program)) throw new Error(`${page}:${line} neither asserts nor says what it writes`);
    await runProgram(program);
    console.log(`ran       ${page}:${line}`);
  }
  if (programs.every(({ isPart }) => isPart)) throw new Error('no block was run');
}

if (import.meta.main) await runScript(checkRecipes());
