/** Keeps the core small: what a browser would load for it, bundled, minified and gzipped. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { root } from './run-command.ts';
import { runTool } from './tool.ts';

// What it should become, and what it may not exceed meanwhile: everything that queues can be asked for is in one class.
const goalBytes = 4096;
const limitBytes = 7000;

/** Bundles src/index.ts, says how large it is, and fails above the limit. */
export async function checkSize(): Promise<void> {
  const bundle = join(root, '.build/size/index.js');
  await runTool('esbuild', ['src/index.ts', ...bundleOptions, `--outfile=${bundle}`]);
  const code = await readFile(bundle);
  const sizeBytes = gzipSync(code, { level: 9 }).length;
  console.log(`core: ${sizeBytes} of ${limitBytes} bytes, the goal is ${goalBytes} (${code.length} before gzip)`);
  if (sizeBytes > limitBytes) throw new Error(`the core has grown to ${sizeBytes} bytes, ${limitBytes} are allowed`);
}

const bundleOptions = ['--bundle', '--minify', '--format=esm', '--target=es2023', '--analyze', '--log-level=warning'];
