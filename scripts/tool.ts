/** Runs a program of tools/, installed first where it is missing: `node scripts/tool.ts oxlint --fix`. */
import { installFolder } from './install-folder.ts';
import { runCommand, runScript } from './run-command.ts';

/** Runs one of the programs that tools/package.json brings. */
export async function runTool(name: string, args: readonly string[]): Promise<void> {
  await installFolder('tools');
  await runCommand(name, args);
}

if (import.meta.main) {
  const [name, ...args] = process.argv.slice(2);
  if (name === undefined) throw new Error('usage: node scripts/tool.ts PROGRAM ARGS…');
  await runScript(runTool(name, args));
}
