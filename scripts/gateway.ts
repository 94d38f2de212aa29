/** Starts the example gateway, installed first where it is missing: `npm run gateway -- --port 8787`. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { installFolder } from './install-folder.ts';
import { root, runScript } from './run-command.ts';

async function startGateway(): Promise<void> {
  await installFolder('examples/gateway');
  // In this process, so that Ctrl-C reaches the gateway itself. By a path that is not known to the compiler, which
  // would want the packages that have just been installed.
  await import(pathToFileURL(join(root, 'examples/gateway/main.ts')).href);
}

await runScript(startGateway());
