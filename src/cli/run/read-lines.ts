/**
 * Splits a stream of bytes into the lines of a JSON Lines file, holding one line at a time.
 * Bytes, not text, because `node:readline` also splits at U+2028, which JSON may hold, has no limit
 * on the length of a line, and lets broken UTF-8 pass as question marks.
 */
import { isUtf8 } from 'node:buffer';

/** A line as it was read, without its line end. */
export interface Line {
  /** Counts from 1, blank lines included, as an editor does. */
  readonly number: number;
  readonly text: string;
}

/** A line that can't be used, and why. */
export interface BadLine {
  readonly number: number;
  readonly problem: string;
}

/** The longest line that is read: 64 MiB. */
export const maxLineBytes: number = 64 * 1024 * 1024;

/**
 * Gives the lines in order. LF and CRLF end a line, the last one may lack its end, a byte order
 * mark is dropped, blank lines are counted and left out. A line that is too long or not UTF-8 is
 * given as a {@link BadLine}. Reads on only when the next line is asked for.
 */
export async function* readLines(
  input: AsyncIterable<Buffer>,
  limitBytes: number = maxLineBytes,
): AsyncGenerator<Line | BadLine, void, undefined> {
  const collected = new CollectedBytes(limitBytes);
  let number = 0;
  for await (const chunk of input) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      collected.add(chunk.subarray(start, end));
      start = end + 1;
      number += 1;
      const line = toLine(number, collected.take(), limitBytes);
      if (line !== undefined) yield line;
    }
    collected.add(chunk.subarray(start));
  }
  const last = toLine(number + 1, collected.take(), limitBytes);
  if (last !== undefined) yield last;
}

const lineFeed = 0x0a;
const byteOrderMark = '\ufeff';

function toLine(number: number, bytes: Buffer | undefined, limitBytes: number): Line | BadLine | undefined {
  if (bytes === undefined) return { number, problem: `longer than ${limitBytes} bytes` };
  if (!isUtf8(bytes)) return { number, problem: 'not UTF-8' };
  let text = bytes.toString();
  if (text.endsWith('\r')) text = text.slice(0, -1);
  if (number === 1 && text.startsWith(byteOrderMark)) text = text.slice(1);
  return text.trim() === '' ? undefined : { number, text };
}

/** The bytes of one line, of which it forgets what is over the limit. */
class CollectedBytes {
  readonly #limitBytes: number;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  add(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#limitBytes) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  /** Starts anew. Undefined when the line was too long. */
  take(): Buffer | undefined {
    const isTooLong = this.#bytes > this.#limitBytes;
    const [first, ...rest] = this.#parts;
    this.#parts = [];
    this.#bytes = 0;
    if (isTooLong) return undefined;
    if (first === undefined) return Buffer.alloc(0);
    return rest.length === 0 ? first : Buffer.concat([first, ...rest]);
  }
}
