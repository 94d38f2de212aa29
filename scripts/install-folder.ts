/**
 * Installs the dependencies of a folder that has a package.json and a lock file of its own, when they are missing or
 * out of date. The root's own install stays light that way: who needs more installs it when it is needed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root, runCommand } from './run-command.ts';

/** The folders whose own dependencies bring types that their code is compiled and linted with. */
export const codeFolders = ['runtimes', 'bench'] as const;

/** The examples that have dependencies of their own. */
export const exampleFolders = ['examples/gateway', 'examples/gateways', 'examples/bots'] as const;

/** Makes sure that the folder's node_modules is what its lock file says. `folder` is relative to the root. */
export async function installFolder(folder: string): Promise<void> {
  if (isInstalled(join(root, folder))) return;
  console.log(`installing ${folder}/package-lock.json`);
  // Not `npm ci`, which refuses a lock file without the programs of other platforms, even where a registry has only
  // those of this one. Both take the versions of the lock file, and neither writes it.
  await runCommand('npm', ['install', '--no-save'], { cwd: join(root, folder) });
}

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
}

type LockedPackages = Readonly<Record<string, LockedPackage>>;

// npm writes node_modules/.package-lock.json last, so an install that was cut short has none. It lists what is really
// there: everything of the lock file but the folder itself and optional packages that are made for other platforms.
function isInstalled(folder: string): boolean {
  const wanted = readPackages(join(folder, 'package-lock.json'));
  const present = readPackages(join(folder, 'node_modules/.package-lock.json'));
  if (wanted === undefined) throw new Error(`${folder} has no package-lock.json`);
  if (present === undefined) return false;
  const paths = new Set([...Object.keys(wanted), ...Object.keys(present)]);
  paths.delete('');
  return [...paths].every((path) => isSamePackage(wanted[path], present[path]));
}

function isSamePackage(wanted: LockedPackage | undefined, present: LockedPackage | undefined): boolean {
  if (present === undefined) return wanted?.optional === true;
  return wanted?.version === present.version && wanted?.integrity === present.integrity;
}

function readPackages(lockFile: string): LockedPackages | undefined {
  if (!existsSync(lockFile)) return undefined;
  const lock = JSON.parse(readFileSync(lockFile, 'utf8')) as { readonly packages?: LockedPackages };
  return lock.packages ?? {};
}
