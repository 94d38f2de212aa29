/** Opens what the lines come from: a file, a pipe, or standard input. */
import { createReadStream, fstatSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';

export interface Input {
  readonly stream: Readable;
  /** Somebody types the lines. */
  readonly isTerminal: boolean;
  /** The size of a plain file; undefined where it is not known. */
  readonly sizeBytes: number | undefined;
  /** Whether this is the plain file that is read: its results must not be written over it. */
  readonly isFile: (file: { readonly dev: number; readonly ino: number }) => boolean;
}

/**
 * Opens `path`, or standard input without one or for `-`. A named pipe that nobody writes to yet
 * blocks the whole process, which Ctrl-C then ends as it ends any program.
 *
 * @throws the system's error when the file can't be opened, or is a folder.
 */
export function openInput(path: string | undefined): Input {
  const isStandardInput = path === undefined || path === '-';
  const fd = isStandardInput ? 0 : openSync(path, 'r');
  const stats = fstatSync(fd);
  if (stats.isDirectory()) throw new Error('it is a folder');
  // A pipe that is read as if it were a file keeps a thread of the pool busy until somebody writes,
  // and the process alive for as long, whatever the user does to end it.
  const isPipe = stats.isFIFO() || stats.isSocket();
  const openStream = (): Readable =>
    isPipe ? new Socket({ fd, readable: true, writable: false }) : createReadStream('', { fd });
  return {
    stream: isStandardInput ? process.stdin : openStream(),
    isTerminal: isStandardInput && process.stdin.isTTY,
    sizeBytes: stats.isFile() ? stats.size : undefined,
    isFile: ({ dev, ino }) => stats.isFile() && dev === stats.dev && ino === stats.ino,
  };
}
