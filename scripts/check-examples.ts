/** Compiles and tests the examples that have packages of their own: `npm run check -- --only examples`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { exampleFolders, installFolder } from './install-folder.ts';
import { root, runCommand } from './run-command.ts';

/** Each is compiled by its own tsconfig.json, and its tests run against the source of the queue. */
export async function checkExamples(): Promise<void> {
  for (const folder of exampleFolders) {
    if (!existsSync(join(root, folder, 'package.json'))) throw new Error(`${folder} has no package.json`);
    await installFolder(folder);
    await runCommand('tsc', ['-p', `${folder}/tsconfig.json`]);
    await runCommand('node', ['--conditions=source', '--test', '--test-timeout=120000', `${folder}/test/**/*.test.ts`]);
  }
}
