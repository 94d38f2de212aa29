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
  /** How much of the input it is, its line end included. */
  readonly bytes: number;
}

/** A line that can't be used, and why. */
export interface BadLine {
  readonly number: number;
  readonly problem: string;
  readonly bytes: number;
}

/** The longest line that is read: 64 MiB. */
const maxLineBytes = 64 * 1024 * 1024;

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
      collected.add(chunk.subarray(start, end + 1));
      start = end + 1;
      number += 1;
      const line = toLine(number, collected.take());
      if (line !== undefined) yield line;
    }
    collected.add(chunk.subarray(start));
  }
  const last = toLine(number + 1, collected.take());
  if (last !== undefined) yield last;
}

const lineFeed = 0x0a;
const byteOrderMark = '\ufeff';

function toLine(number: number, { bytes, content, limitBytes }: TakenBytes): Line | BadLine | undefined {
  if (content === undefined) return { number, bytes, problem: `longer than ${limitBytes} bytes` };
  if (!isUtf8(content)) return { number, bytes, problem: 'not UTF-8' };
  let text = content.toString();
  if (text.endsWith('\n')) text = text.slice(0, text.endsWith('\r\n') ? -2 : -1);
  if (number === 1 && text.startsWith(byteOrderMark)) text = text.slice(1);
  return text.trim() === '' ? undefined : { number, bytes, text };
}

interface TakenBytes {
  readonly bytes: number;
  /** Undefined where there were more than the limit. */
  readonly content: Buffer | undefined;
  readonly limitBytes: number;
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

  /** Gives the line and starts anew. */
  take(): TakenBytes {
    const [first = Buffer.alloc(0), ...rest] = this.#parts;
    const bytes = this.#bytes;
    const limitBytes = this.#limitBytes;
    this.#parts = [];
    this.#bytes = 0;
    if (bytes > limitBytes) return { bytes, content: undefined, limitBytes };
    // A line within one chunk, which most are, is not copied.
    return { bytes, content: rest.length === 0 ? first : Buffer.concat([first, ...rest]), limitBytes };
  }
}
