/** Runs a page's shell commands as a reader would who has installed the package. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { commandFile, startProgram } from '../cli/cli-process.ts';

/** Runs the commands in an empty folder, until the first that fails, with `tinyclaw-queue` on the PATH. */
export async function runShell(
  commands: string,
): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'queue-docs-'));
  try {
    const program = join(folder, 'tinyclaw-queue');
    await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${commandFile}' "$@"\n`);
    await chmod(program, 0o755);
    const env = { PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` };
    const { exitCode, stdout, stderr } = await startProgram('sh', ['-ec', commands], { cwd: folder, input: '', env })
      .ended;
    return { exitCode, output: stdout + stderr };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
