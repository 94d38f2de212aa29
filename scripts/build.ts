/** Makes dist/ anew from src/, so that nothing stays in it whose source is gone. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { root, runCommand, runScript } from './run-command.ts';

rmSync(join(root, 'dist'), { recursive: true, force: true });
await runScript(runCommand('tsc', ['-p', 'tsconfig.build.json']));
