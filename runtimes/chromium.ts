/**
 * Runs compiled tests in a real browser, `node runtimes/chromium.ts FILE…`: bundles them with the built package, loads
 * the bundle in a page of Debian's Chromium, and tells what the page's own runner counted.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';

import { root, runCommand } from '../scripts/run-command.ts';
import type { BrowserReport } from './browser/node-test.ts';
import { findChromium, launchFlags } from './find-chromium.ts';

async function main(files: readonly string[]): Promise<void> {
  const script = await bundle(files);
  const browser = await chromium.launch({ executablePath: await findChromium(), args: [...launchFlags] });
  try {
    console.log(`Chromium ${browser.version()}`);
    tell(await runInPage(await browser.newPage(), script));
  } finally {
    await browser.close();
  }
}

function tell({ passed, failures, skipped }: BrowserReport): void {
  for (const { name, reason } of skipped) console.log(`skipped: ${name}: ${reason}`);
  for (const { name, error } of failures) console.log(`failed: ${name}\n${error}`);
  console.log(`${passed} passed, ${failures.length} failed, ${skipped.length} skipped`);
  if (failures.length > 0) process.exitCode = 1;
}

// The page has an https address, answered by the two lines here and not by a network: as in production it is a secure
// context, which about:blank is not.
async function runInPage(page: Page, script: string): Promise<BrowserReport> {
  await page.route('**/*', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>tests</title>' }),
  );
  await page.goto('https://tests.invalid/');
  const broken = new Promise<never>((_, reject) => page.once('pageerror', reject));
  await page.addScriptTag({ content: script, type: 'module' });
  await Promise.race([broken, page.waitForFunction('globalThis.runCollected !== undefined')]);
  return page.evaluate<BrowserReport>('globalThis.runCollected()');
}

async function bundle(files: readonly string[]): Promise<string> {
  const assertModule = '.build/browser/assert-strict.js';
  const entry = '.build/browser/entry.js';
  const out = '.build/browser/tests.js';
  await esbuild([
    'runtimes/browser/assert-strict.ts',
    '--inject:runtimes/browser/process.ts',
    '--define:global=globalThis',
    `--outfile=${assertModule}`,
  ]);
  await writeFile(join(root, entry), entryModule(files));
  await esbuild([
    entry,
    '--alias:node:test=./runtimes/browser/node-test.ts',
    `--alias:node:assert/strict=./${assertModule}`,
    '--sourcemap=inline',
    `--outfile=${out}`,
  ]);
  return readFile(join(root, out), 'utf8');
}

function entryModule(files: readonly string[]): string {
  const imports = files.map((file) => `import '../../${file}';\n`).join('');
  return `${imports}import { runCollected } from 'node:test';\nglobalThis.runCollected = runCollected;\n`;
}

async function esbuild(args: readonly string[]): Promise<void> {
  // Without its annotations, or package.json's `sideEffects: false` would leave every test out. With their names, or one of
  // two functions of the same name would get another, and policies are reported by theirs.
  const options = ['--ignore-annotations', '--keep-names', '--bundle', '--format=esm', '--platform=browser'];
  await runCommand('esbuild', [...args, ...options, '--log-level=warning']);
}

await main(process.argv.slice(2));
