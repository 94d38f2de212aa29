/** Writes results to a stream, and tells when its reader is slow or has gone. */
import type { Writable } from 'node:stream';

export interface ResultWriter {
  write(text: string): void;
  /** The reader is behind: nothing is lost, but memory grows by what is written now. */
  isFull(): boolean;
  /** Resolves when all that was written has been handed over, or never will be. */
  flush(): Promise<void>;
}

export interface ResultWriterEvents {
  /** The stream takes more again. */
  readonly onDrain: () => void;
  /** The stream is lost, and whatever is written from now on with it. Told once. */
  readonly onBroken: (error: Error) => void;
}

/** Takes over the writing to `stream`. */
export function createResultWriter(stream: Writable, { onDrain, onBroken }: ResultWriterEvents): ResultWriter {
  let isBroken = false;
  stream.on('drain', onDrain);
  // Stays for good: one failed write can be followed by more.
  stream.on('error', (error: Error) => {
    if (isBroken) return;
    isBroken = true;
    onBroken(error);
  });
  return {
    write(text) {
      if (!isBroken) stream.write(text);
    },
    isFull: () => !isBroken && stream.writableNeedDrain,
    flush: () => (isBroken ? Promise.resolve() : new Promise((resolve) => void stream.write('', () => resolve()))),
  };
}
