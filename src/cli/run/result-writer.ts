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
  // A failed write tells its own callback before the stream tells everybody, and flush must not be
  // done in between. The listener stays for good: without one, the next failure would be thrown.
  const onWritten = (error: Error | null | undefined): void => {
    if (!error || isBroken) return;
    isBroken = true;
    onBroken(error);
  };
  stream.on('error', onWritten);
  stream.on('drain', onDrain);
  return {
    write(text) {
      if (!isBroken) stream.write(text, onWritten);
    },
    isFull: () => !isBroken && stream.writableNeedDrain,
    flush: () => (isBroken ? Promise.resolve() : new Promise((resolve) => void stream.write('', () => resolve()))),
  };
}
