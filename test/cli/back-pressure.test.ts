/** However large the input, little of it is held: reading goes no faster than the lines are done and the results are read. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import type { Writable } from 'node:stream';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Handler } from '#src/cli/run/handler.ts';
import { parseKeyPath } from '#src/cli/run/key-path.ts';
import { LinesInMemory } from '#src/cli/run/line-queue.ts';
import { LineRun } from '#src/cli/run/line-run.ts';
import type { Job } from '#src/cli/run/line-run.ts';
import { fixture, runCli, startCli } from './cli-process.ts';

describe('reading', { concurrency: true }, () => {
  test('stays at most --max-pending lines ahead of the handler', async () => {
    const input = countedLines(2_000, () => '{"k":"ada"}\n');
    let done = 0;
    let furthest = 0;
    const run = new LineRun({
      ...job,
      input: input.stream,
      maxPending: 10,
      lines: linesOf(() => async () => {
        furthest = Math.max(furthest, input.given() - done);
        await setImmediate();
        done += 1;
      }),
    });
    await run.finish();
    assert.equal(done, 2_000);
    assert.ok(furthest >= 10, 'uses what it may');
    assert.ok(furthest <= 10 + pulledAhead, `${furthest} lines ahead`);
  });

  test('stays 64 MiB ahead of it at most, where lines are long', async () => {
    const input = countedLines(100, (n) => `{"k":${n},"text":"${'x'.repeat(1024 * 1024)}"}\n`);
    let furthest = 0;
    let done = 0;
    const run = new LineRun({
      ...job,
      input: input.stream,
      maxPending: 1_000,
      lines: linesOf(() => async () => {
        furthest = Math.max(furthest, input.given() - done);
        await setImmediate();
        done += 1;
      }),
    });
    await run.finish();
    assert.equal(done, 100);
    assert.ok(furthest >= 32 && furthest <= 64 + pulledAhead, `${furthest} lines of 1 MiB ahead`);
  });

  test('stops while whoever reads the results is behind, and goes on when told', async () => {
    const input = countedLines(500, () => '{"k":"ada"}\n');
    const results = { written: 0, limit: 100 };
    const isFull = (): boolean => results.written >= results.limit;
    const run = new LineRun({
      ...job,
      input: input.stream,
      maxPending: 5,
      lines: linesOf(() => () => 1),
      write: () => {
        results.written += 1;
      },
      isFull,
    });
    const end = run.finish();
    while (!isFull()) await setImmediate();
    for (let pass = 0; pass < 50; pass += 1) await setImmediate();
    assert.ok(input.given() <= 100 + 5 + pulledAhead, `${input.given()} lines read for 100 results that were taken`);
    results.limit = Infinity;
    run.readOn();
    await end;
    assert.equal(results.written, 500);
  });

  test('of 128 MiB leaves the process as small as reading 8 MiB does', async () => {
    const [few, many] = await Promise.all([peakMemoryOf(8), peakMemoryOf(128)]);
    const grownMiB = (many - few) / 1024;
    assert.ok(grownMiB < 60, `holds ${grownMiB.toFixed(0)} MiB more`);
  });
});

describe('results that can not be written', () => {
  test('end the run quietly where their reader has left, as SIGPIPE would', async () => {
    const { child, ended } = startCli(['run', '--key', '.k', '--handler', fixture('echo.js')]);
    const line = `{"k":"ada","text":"${'x'.repeat(1_000)}"}\n`;
    const writing = writeUntilClosed(child.stdin, line);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const { exitCode, stderr } = await ended;
    await writing;
    assert.deepEqual([exitCode, stderr], [141, '']);
  });

  test('end the run where the disk is full, which is said', async () => {
    const words = ['run', '--key', '.k', '--output', '/dev/full', '--handler', fixture('echo.js')];
    const { exitCode, stderr } = await runCli(words, { input: '{"k":"ada"}\n' });
    assert.equal(exitCode, 1);
    assert.match(stderr, /^the results can't be written: ENOSPC: no space left on device, write$/m);
  });
});

/** A line given to the stream lies in its buffers, of this and the wrapped one, before it is read. */
const pulledAhead = 4;

const job: Omit<Job, 'input' | 'maxPending' | 'lines'> = {
  keyPath: parseKeyPath('.k'),
  write: () => {},
  isFull: () => false,
  onBadLine: ({ problem }) => assert.fail(problem),
  onStuck: (key) => assert.fail(key),
};

function linesOf(handler: Handler): LinesInMemory {
  return new LinesInMemory(handler, { concurrency: 2 });
}

interface CountedLines {
  readonly stream: Readable;
  /** How many lines have been asked for. */
  given(): number;
}

function countedLines(count: number, makeLine: (n: number) => string): CountedLines {
  let given = 0;
  async function* give(): AsyncGenerator<Buffer> {
    while (given < count) {
      given += 1;
      yield Buffer.from(makeLine(given));
    }
  }
  return { stream: Readable.from(give(), { highWaterMark: 1 }), given: () => given };
}

/** KiB. The handler says how much its process has held at most. */
async function peakMemoryOf(inputMiB: number): Promise<number> {
  const words = ['run', '--key', '.k', '--max-pending', '50', '--handler', fixture('memory.js')];
  const { child, ended } = startCli(words);
  const line = Buffer.from(`{"k":"ada","text":"${'x'.repeat(16 * 1024)}"}\n`);
  for (let written = 0; written < inputMiB * 64; written += 1) {
    if (!child.stdin.write(line)) await once(child.stdin, 'drain');
  }
  child.stdin.end();
  const { results } = await ended;
  assert.equal(results.length, inputMiB * 64);
  return Number(results.at(-1)?.value);
}

/** Resolves when the command has closed its end. */
async function writeUntilClosed(stream: Writable, line: string): Promise<void> {
  let error: Error | null | undefined;
  while (!error) error = await new Promise((resolve) => void stream.write(line, resolve));
}
