/** From bytes to lines. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readLines } from '#src/cli/run/read-lines.ts';
import type { BadLine, Line } from '#src/cli/run/read-lines.ts';

describe('reading lines', () => {
  test('numbers the lines from 1 and leaves blank ones out, counted', async () => {
    assert.deepEqual(await readText('a\n\n  \t\nb\n'), [line(1, 'a', 2), line(4, 'b', 2)]);
  });

  test('takes a last line without an end, and no line from nothing', async () => {
    assert.deepEqual(await readText('a\nb'), [line(1, 'a', 2), line(2, 'b', 1)]);
    assert.deepEqual(await readText(''), []);
    assert.deepEqual(await readText('\n'), []);
  });

  test('takes CRLF as one line end, and a CR within a line as part of it', async () => {
    assert.deepEqual(await readText('a\r\nb\rc\r\n\r\nd'), [line(1, 'a', 3), line(2, 'b\rc', 5), line(4, 'd', 1)]);
  });

  test('does not split at U+2028, which JSON strings may hold', async () => {
    assert.deepEqual(await readText('"\u2028\u0085"\n'), [line(1, '"\u2028\u0085"', 8)]);
  });

  test('drops a byte order mark at the start, and only there', async () => {
    assert.deepEqual(await readText('\ufeffa\n\ufeffb\n'), [line(1, 'a', 5), line(2, '\ufeffb', 5)]);
    assert.deepEqual(await readText('\ufeff\n'), []);
  });

  test('gives a line that is not UTF-8 as a bad one and goes on', async () => {
    const lines = await collect([Buffer.from('a\n"\xff"\nc\n', 'latin1')]);
    assert.deepEqual(lines, [line(1, 'a', 2), { number: 2, problem: 'not UTF-8', bytes: 4 }, line(3, 'c', 2)]);
  });

  test('gives a line over the limit as a bad one without keeping it, and goes on', async () => {
    const limitBytes = 10;
    const chunks = ['123456789\n', '1234', '5678', '90', '\n', '1234567890', '\n'].map((text) => Buffer.from(text));
    const problem = 'longer than 10 bytes';
    assert.deepEqual(await collect(chunks, limitBytes), [
      line(1, '123456789', 10),
      { number: 2, problem, bytes: 11 },
      { number: 3, problem, bytes: 11 },
    ]);
    const endless = Array.from({ length: 1_000 }, () => Buffer.alloc(1_000, 'x'));
    assert.deepEqual(await collect(endless, limitBytes), [{ number: 1, problem, bytes: 1_000_000 }]);
  });

  test('gives the same lines however the bytes come in pieces', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\r\n', 'é', '😀', ' ', '\ufeff'), maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat({ max: 7 })), async (content, sizes) => {
        const bytes = Buffer.from(content);
        const pieces: Buffer[] = [];
        let at = 0;
        for (const size of sizes) pieces.push(bytes.subarray(at, (at += size)));
        pieces.push(bytes.subarray(at));
        assert.deepEqual(await collect(pieces), linesOf(content));
      }),
      { numRuns: 300 },
    );
  });

  test('asks for the next piece only when the next line is asked for', async () => {
    let pieces = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) {
        pieces += 1;
        yield Buffer.from('{}\n{}\n');
      }
    }
    const lines = readLines(endless());
    await lines.next();
    await lines.next();
    assert.equal(pieces, 1);
    await lines.next();
    assert.equal(pieces, 2);
    await lines.return();
  });
});

function line(number: number, text: string, bytes: number): Line {
  return { number, text, bytes };
}

function readText(text: string): Promise<(Line | BadLine)[]> {
  return collect([Buffer.from(text)]);
}

async function collect(chunks: readonly Buffer[], limitBytes?: number): Promise<(Line | BadLine)[]> {
  async function* give(): AsyncGenerator<Buffer> {
    yield* chunks;
  }
  const lines: (Line | BadLine)[] = [];
  for await (const each of readLines(give(), limitBytes)) lines.push(each);
  return lines;
}

/** The same, on text that is there as a whole. */
function linesOf(content: string): Line[] {
  return content
    .split(/(?<=\n)/)
    .map((whole, at) => ({ number: at + 1, whole, text: whole.replace(/\r?\n$/, '') }))
    .map(({ number, whole, text }) => ({
      number,
      text: number === 1 && text.startsWith('\ufeff') ? text.slice(1) : text,
      bytes: Buffer.byteLength(whole),
    }))
    .filter(({ text }) => text.trim() !== '');
}
