/**
 * Every block of TypeScript or JavaScript in the pages, and every example in a doc comment, compiles and does what it
 * says. Blocks that use other people's packages are run by scripts/check-recipes.ts, which installs those.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  importedPackages,
  needsPackages,
  readExamples,
  readPageBlocks,
  writePrograms,
} from '../../scripts/doc-blocks.ts';
import { root } from '../../scripts/run-command.ts';
import { compilePrograms, runProgram, saysWhatComesOut } from '../../scripts/run-doc-program.ts';

const folder = join(root, '.build/docs');
const allBlocks = [...readPageBlocks(), ...readExamples()];
const blocks = allBlocks.filter(({ language }) => /^[jt]s$/.test(language));
const own = blocks.filter((block) => !needsPackages(block, blocks));
const programs = writePrograms(folder, own);

describe('the code of the documentation', { concurrency: 2 }, () => {
  test('compiles, all of it', () => compilePrograms(folder));

  for (const program of programs) {
    if (program.isPart) continue;
    test(`${program.page}:${program.line} does what it says`, async () => {
      assert.ok(saysWhatComesOut(program), 'it neither asserts nor says what it writes');
      await runProgram(program);
    });
  }

  for (const block of blocks) {
    if (own.includes(block)) continue;
    const packages = importedPackages(block).join(', ') || 'what the block before it needs';
    test(`${block.page}:${block.line} does what it says`, {
      skip: `uses ${packages}: npm run check -- --only recipes runs it`,
    });
  }
});

test('no block and no example is overlooked', () => {
  for (const page of globSync(['*.md', 'docs/**/*.md', 'src/**/*.ts'], { cwd: root })) {
    if (page === join('docs', 'command.md')) continue;
    const text = readFileSync(join(root, page), 'utf8');
    const opened = page.endsWith('.md') ? (text.match(/^[ >]*(```|~~~)/gm)?.length ?? 0) : 0;
    const examples = page.endsWith('.ts') ? (text.match(/@example/g)?.length ?? 0) : 0;
    const found = allBlocks.filter((block) => block.page === page).length;
    assert.equal(found, opened / 2 + examples, page);
  }
});
