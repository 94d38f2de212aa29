/** Keeps what `npm ci` does the same everywhere: exact versions, lock files that name no registry, and a light root. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root, runCommand } from './run-command.ts';

const limitMegabytes = 250;

/** Looks at every package.json and lock file of the repository, and at the size of the root's node_modules. */
export async function checkInstall(): Promise<void> {
  const folders = globSync('{.,*,examples/*}/package-lock.json', { cwd: root }).map((file) => join(root, file, '..'));
  for (const folder of folders) {
    checkFolder(folder);
  }
  const [sizeMegabytes = ''] = (await runCommand('du', ['-sm', 'node_modules'], { isShown: false })).split('\t');
  console.log(`${folders.length} lock files; node_modules has ${sizeMegabytes} of ${limitMegabytes} MB`);
  if (Number(sizeMegabytes) > limitMegabytes) throw new Error(`the root's node_modules has ${sizeMegabytes} MB`);
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

interface LockFile {
  readonly packages: { readonly '': Manifest };
}

function checkFolder(folder: string): void {
  const lockFile = join(folder, 'package-lock.json');
  const text = readFileSync(lockFile, 'utf8');
  if (text.includes('"resolved"')) {
    throw new Error(`${lockFile} names a registry: make it with omit-lockfile-registry-resolved=true in .npmrc`);
  }
  const wanted = dependenciesOf(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest);
  const locked = dependenciesOf((JSON.parse(text) as LockFile).packages['']);
  for (const [name, version] of wanted) {
    if (!exactVersion.test(version)) throw new Error(`${name} ${version} in ${folder} is not an exact version`);
    if (locked.get(name) !== version) throw new Error(`${lockFile} does not have ${name} ${version}: run npm install`);
  }
}

function dependenciesOf({ dependencies, devDependencies }: Manifest): ReadonlyMap<string, string> {
  return new Map(Object.entries({ ...dependencies, ...devDependencies }));
}

const exactVersion = /^(npm:.+@)?\d+\.\d+\.\d+(-[\w.]+)?$/;
