/** Opens what the results go to: a file, or standard output. */
import { createWriteStream, openSync, statSync } from 'node:fs';
import type { Writable } from 'node:stream';
import type { Input } from './open-input.ts';

/**
 * Opens the file at `path` and empties it; standard output without a path.
 *
 * @throws the system's error when it can't be opened, or an error when it is the file that is read.
 */
export function openOutput(path: string | undefined, input: Input): Writable {
  if (path === undefined) return process.stdout;
  const there = statSync(path, { throwIfNoEntry: false });
  if (there !== undefined && input.isFile(there)) throw new Error('it is the file that is read');
  return createWriteStream('', { fd: openSync(path, 'w') });
}
