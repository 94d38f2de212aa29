/** A run that is killed in the middle, and run again: what has to be true of the two together. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { ResultLine } from './cli-process.ts';
import { makeBench, parseObjects } from './store-cli.ts';
import type { Start } from './store-cli.ts';

const concurrency = 50;

export async function killAndRunAgain(context: TestContext, count: number): Promise<void> {
  const bench = await makeBench(context);
  const sessions = count / 100;
  const lines = Array.from({ length: count }, (_, at) => ({ k: `s${(at * 7919) % sessions}`, n: at + 1 }));
  await bench.write(lines);

  const first = bench.start('--concurrency', String(concurrency));
  const bytesOfHalf = lines.slice(0, count / 2).reduce((sum, { k, n }) => sum + sizeOf({ key: k, n, attempt: 1 }), 0);
  await bench.untilStarts(bytesOfHalf);
  first.child.kill('SIGKILL');
  const { exitCode, results: before } = await first.ended;
  assert.equal(exitCode, null, 'it was killed');

  const again = await bench.run('--concurrency', String(concurrency));
  assert.equal(again.exitCode, 0, again.stderr);
  checkResults(again.results, lines);
  checkStarts(await bench.starts(), before, lines);
  const known = /^from the store (?<count>[\d,]+)$/m.exec(again.stderr)?.groups?.['count']?.replaceAll(',', '');
  assert.ok(Number(known) >= before.length, `${known} lines were taken from the store, ${before.length} had a result`);

  const doctor = await bench.cli('doctor', '--store', 'queue.db', '--json');
  assert.deepEqual([doctor.exitCode, parseObjects(doctor.stdout)[0]?.['waiting']], [0, 0], doctor.stdout);
}

type Input = readonly { readonly k: string; readonly n: number }[];

function checkResults(results: readonly ResultLine[], lines: Input): void {
  assert.equal(results.length, lines.length);
  const seen = new Set<number>();
  const last = new Map<string, number>();
  for (const { line, key, ok, value } of results) {
    const { k, n } = lines[line - 1] ?? {};
    assert.deepEqual({ key, ok, value }, { key: k, ok: true, value: { n } });
    assert.ok(!seen.has(line), `line ${line} has two results`);
    assert.ok(line > (last.get(String(key)) ?? 0), `line ${line} comes behind a later one of ${key}`);
    seen.add(line);
    last.set(String(key), line);
  }
}

function checkStarts(starts: readonly Start[], before: readonly ResultLine[], lines: Input): void {
  const counts = new Map<number, number>();
  const last = new Map<string, number>();
  for (const { key, n } of starts) {
    counts.set(n, (counts.get(n) ?? 0) + 1);
    assert.ok(n >= (last.get(key) ?? 0), `${n} of ${key} has started behind a later one`);
    last.set(key, n);
  }
  assert.equal(counts.size, lines.length, 'each has been run');
  const twice = new Set([...counts].filter(([, count]) => count > 1).map(([n]) => n));
  assert.ok(twice.size <= concurrency, `${twice.size} lines ran twice, more than can have been cut off`);
  assert.ok(Math.max(...counts.values()) <= 2);
  assert.ok(before.length > 0 && before.length < lines.length, 'it was in the middle');
  for (const { line } of before) assert.ok(!twice.has(line), `line ${line} had its result, and ran again`);
}

function sizeOf(start: Start): number {
  return JSON.stringify(start).length + 1;
}
