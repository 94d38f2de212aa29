/** Where Chromium is, and how it is started so that it needs no screen and asks the network for nothing. */
import { access } from 'node:fs/promises';

export const launchFlags: readonly string[] = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @throws Error that says how to get it. */
export async function findChromium(): Promise<string> {
  const path = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  await access(path).catch((cause: unknown) => {
    throw new Error(`no Chromium at ${path}: apt-get install chromium, or set CHROMIUM to its path`, { cause });
  });
  return path;
}
