/** Looks at the package as its users get it: packed, judged by publint and attw, unpacked, compiled against and run. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { installFolder } from './install-folder.ts';
import { root, runCommand } from './run-command.ts';
import { runTool } from './tool.ts';

/** Packs the package and checks what is in the tarball. */
export async function checkPackage(): Promise<void> {
  const tarball = await pack();
  await runTool('publint', ['run', '--strict', tarball]);
  await runTool('attw', ['--profile', 'esm-only', '--no-color', tarball]);
  await useLikeAConsumer(tarball);
}

const folder = join(root, '.build/package');

async function pack(): Promise<string> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await runCommand('npm', ['pack', '--silent', '--pack-destination', folder]);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error(`npm pack left no tarball in ${folder}`);
  return join(folder, tarball);
}

// The oldest Node that the package promises, the most ordinary compiler settings, and no types but the browser's.
async function useLikeAConsumer(tarball: string): Promise<void> {
  const consumer = join(folder, 'consumer');
  const installed = join(consumer, 'node_modules/@tinyclaw/queue');
  cpSync(join(root, 'tools/consumer'), consumer, { recursive: true });
  mkdirSync(installed, { recursive: true });
  await runCommand('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
  await runCommand('tsc', ['-p', '.', '--noEmit', '--module', 'esnext', '--moduleResolution', 'bundler'], {
    cwd: consumer,
  });
  await runCommand('tsc', ['-p', '.'], { cwd: consumer });
  await installFolder('runtimes');
  const node = join(root, 'runtimes/node_modules/node20/bin/node');
  await expectOutput('1 2 1 2 stopped 0', node, [join(consumer, 'out/program.js')]);
  await expectOutput(readVersion(), node, [join(installed, 'dist/cli/main.js'), '--version']);
}

async function expectOutput(expected: string, command: string, args: readonly string[]): Promise<void> {
  const output = await runCommand(command, args);
  if (output.trim() !== expected) throw new Error(`expected ${expected} from ${command} ${args.join(' ')}`);
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  return version;
}
