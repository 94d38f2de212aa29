/** Compiles every folder with the types that its own dependencies bring. */
import { codeFolders, installFolder } from './install-folder.ts';
import { runCommand } from './run-command.ts';

/** Compiles src, tests, scripts and examples, then the folders that have dependencies of their own. */
export async function checkTypes(): Promise<void> {
  await runCommand('tsc', ['-p', 'tsconfig.json']);
  for (const folder of codeFolders) {
    await installFolder(folder);
    await runCommand('tsc', ['-p', `${folder}/tsconfig.json`]);
  }
}
