/** Starts an example that has packages of its own, installed first where they are missing. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { installFolder } from './install-folder.ts';
import { root } from './run-command.ts';

/** Runs the `main.ts` of the folder, which is relative to the root. */
export async function startExample(folder: string): Promise<void> {
  await installFolder(folder);
  // In this process, so that Ctrl-C reaches the example itself. By a path that is not known to the compiler, which
  // would want the packages that have just been installed.
  await import(pathToFileURL(join(root, folder, 'main.ts')).href);
}
