/** Lints the repository, and makes sure that the rules which carry the architecture still say no. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { codeFolders, exampleFolders, installFolder } from './install-folder.ts';
import { root, runCommand } from './run-command.ts';
import { runTool } from './tool.ts';

/** Fails when a file breaks a rule, or when a forbidden line is let through. */
export async function checkLint(): Promise<void> {
  // Rules that know types take what can't be resolved for an error, and report every use of it.
  for (const folder of [...codeFolders, ...exampleFolders]) await installFolder(folder);
  await runTool('oxlint', []);
  const output = await lintForbidden();
  const missed = forbidden.filter(
    ({ file, rule }) => !output.some((line) => line.startsWith(file) && line.includes(rule)),
  );
  for (const { file, code } of missed) console.log(`not caught: ${file}: ${code}`);
  if (missed.length > 0) throw new Error(`.oxlintrc.json lets ${missed.length} forbidden lines through`);
  console.log(`${forbidden.length} forbidden lines are caught`);
}

const layers = 'no-restricted-imports';

const forbidden = [
  { file: 'src/core/a.ts', code: "import 'node:fs';", rule: layers },
  { file: 'src/core/b.ts', code: "export { run } from 'commander';", rule: layers },
  { file: 'src/core/c.ts', code: "import type { Page } from '../cli/page.ts';", rule: layers },
  { file: 'src/core/d.ts', code: "export const load = async (): Promise<unknown> => import('node:fs');", rule: layers },
  { file: 'src/policies/a.ts', code: "import '../stores/memory.ts';", rule: layers },
  { file: 'src/stores/a.ts', code: "import 'pg';", rule: layers },
  { file: 'src/metrics/a.ts', code: "import '../index.ts';", rule: layers },
  { file: 'src/testing/a.ts', code: "import '../policies/fifo.ts';", rule: layers },
  { file: 'src/cli/a.ts', code: "import '../policies/fifo.ts';", rule: layers },
  { file: 'src/cli/run/a.ts', code: "import '../../dashboard/server.ts';", rule: layers },
  { file: 'src/dashboard/a.ts', code: "import '../cli/main.ts';", rule: layers },
  { file: 'src/core/e.ts', code: "console.log('hello');", rule: 'no-console' },
  { file: 'src/core/f.ts', code: 'export default 1;', rule: 'no-default-export' },
  { file: 'src/core/g.ts', code: 'export type Loose = any;', rule: 'no-explicit-any' },
  { file: 'src/core/h.ts', code: 'export const first = (list: number[]): number => list[0]!;', rule: 'no-non-null' },
  { file: 'src/core/i.ts', code: 'Promise.resolve(1);', rule: 'no-floating-promises' },
  {
    file: 'src/core/j.ts',
    code: 'export const cut = (value: unknown): string => value as string;',
    rule: 'type-assertion',
  },
  { file: 'src/core/BigName.ts', code: 'export const size = 1;', rule: 'filename-case' },
  { file: 'test/a.test.ts', code: 'Promise.resolve(1);', rule: 'no-floating-promises' },
] as const;

// In a folder of their own outside the repository, where no ignore file hides them.
async function lintForbidden(): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'forbidden-'));
  try {
    copyFileSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { strict: true, types: [] } }));
    for (const { file, code } of forbidden) {
      mkdirSync(join(folder, dirname(file)), { recursive: true });
      writeFileSync(join(folder, file), `${code}\n`);
    }
    const found = await runCommand('oxlint', ['--format=unix'], { cwd: folder, isShown: false, mayFail: true });
    return found.split('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
