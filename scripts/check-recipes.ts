/**
 * Compiles and runs the blocks of the documentation that use other people's packages, against the real ones, which
 * recipes/package.json brings: `node scripts/check-recipes.ts`. What a chat service would answer is answered by the
 * blocks themselves.
 */
import { join } from 'node:path';

import { RedisServer, whyNoRedis } from '../test/stores/bullmq/redis-server.ts';
import { needsPackages, needsRedis, readPageBlocks, writePrograms } from './doc-blocks.ts';
import type { DocProgram } from './doc-blocks.ts';
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
  const redis = whyNoRedis() === undefined ? await RedisServer.start() : undefined;
  try {
    for (const program of programs) await checkProgram(program, redis);
  } finally {
    await redis?.dispose();
  }
  if (programs.every(({ isPart }) => isPart)) throw new Error('no block was run');
}

async function checkProgram(program: DocProgram, redis: RedisServer | undefined): Promise<void> {
  const { page, line, name, isPart } = program;
  if (isPart) {
    console.log(`compiled  ${page}:${line} ${name}`);
    return;
  }
  if (!saysWhatComesOut(program)) throw new Error(`${page}:${line} neither asserts nor says what it writes`);
  if (!needsRedis(program)) await runProgram(program);
  else if (redis !== undefined) await runProgram(program, { REDIS_URL: `redis://127.0.0.1:${redis.port}` });
  else if (process.env['CI'] !== undefined) throw new Error(`${page}:${line}: ${whyNoRedis()}`);
  else {
    console.log(`SKIPPED   ${page}:${line}: ${whyNoRedis()}`);
    return;
  }
  console.log(`ran       ${page}:${line}`);
}

if (import.meta.main) await runScript(checkRecipes());
