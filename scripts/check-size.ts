/** Keeps the library small: what a browser would load for each part of it, bundled, minified and gzipped. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { root } from './run-command.ts';
import { runTool } from './tool.ts';

interface Part {
  readonly name: string;
  readonly entry: string;
  readonly limitBytes: number;
}

// One factory makes queues of tasks and of messages, so whoever imports it loads what serves both.
const parts: readonly Part[] = [
  { name: 'core', entry: 'src/index.ts', limitBytes: 13_000 },
  { name: 'policies', entry: 'src/policies/index.ts', limitBytes: 3_000 },
];

/** Bundles each part, says how large it is, and fails above its limit. */
export async function checkSize(): Promise<void> {
  for (const part of parts) await checkPart(part);
}

async function checkPart({ name, entry, limitBytes }: Part): Promise<void> {
  const bundle = join(root, `.build/size/${name}.js`);
  await runTool('esbuild', [entry, ...bundleOptions, `--outfile=${bundle}`]);
  const code = await readFile(bundle);
  const sizeBytes = gzipSync(code, { level: 9 }).length;
  console.log(`${name}: ${sizeBytes} of ${limitBytes} bytes (${code.length} before gzip)`);
  if (sizeBytes > limitBytes) throw new Error(`${name} has grown to ${sizeBytes} bytes, ${limitBytes} are allowed`);
}

const bundleOptions = ['--bundle', '--minify', '--format=esm', '--target=es2023', '--analyze', '--log-level=warning'];
