/**
 * What durability costs: `npm run bench:durable`. Tasks that are enqueued, run and completed by 50 clients, each with a session of
 * its own and waiting for its result, against one transaction for each operation; and how soon one client is told that
 * its message is accepted, beside what the disk itself takes for a write. Rounds of both sides take turns.
 */
import { closeSync, fdatasyncSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { createSessionQueue } from '../src/index.ts';
import type { MessageTurn } from '../src/index.ts';
import { sqlite } from '../src/stores/sqlite/index.ts';

import { OneTransactionEach } from './durable-prototype.ts';
import { formatCount, formatRatio } from './format-figures.ts';
import { median } from './statistics.ts';
import { renderTable } from './table.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    clients: { type: 'string', default: '50' },
    tasks: { type: 'string', default: '50000' },
    samples: { type: 'string', default: '2000' },
    folder: { type: 'string', default: '.build' },
  },
});
const clientCount = Number(values.clients);
const taskCount = Number(values.tasks);
// It is some twenty times as slow, and takes as long with so many.
const prototypeTaskCount = Math.ceil(taskCount / 20);

mkdirSync(values.folder, { recursive: true });
const folder = mkdtempSync(join(values.folder, 'durable-'));
try {
  refuseMemory();
  await compareThroughput();
  await compareLatency();
} finally {
  rmSync(folder, { recursive: true });
}

async function compareThroughput(): Promise<void> {
  await runQueue('queue', taskCount / 5);
  await runPrototype('prototype', prototypeTaskCount / 5);
  const queue: number[] = [];
  const slower: number[] = [];
  const prototype: number[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    queue.push(await runQueue(`queue-${round}`, taskCount));
    slower.push(await runQueue(`slower-${round}`, taskCount, nextPass));
    prototype.push(await runPrototype(`prototype-${round}`, prototypeTaskCount));
  }
  const row = (what: string, rates: readonly number[]): readonly string[] => {
    const ratio = median(rates.map((perSecond, round) => perSecond / (prototype[round] ?? NaN)));
    return [what, formatCount(median(rates)), formatCount(Math.min(...rates)), formatRatio(ratio)];
  };
  print(
    ['durable tasks', 'per second', 'worst round', 'against it'],
    [
      row('this queue', queue),
      // So they arrive in one commit and end in another.
      row('this queue, turns of one pass', slower),
      row('one transaction each', prototype),
    ],
  );
}

async function runQueue(name: string, count: number, work?: () => Promise<void>): Promise<number> {
  const run = async ({ input }: MessageTurn<number>): Promise<number> => {
    if (work !== undefined) await work();
    return input;
  };
  const queue = createSessionQueue({ run, store: sqlite(join(folder, name)) });
  const perSecond = await measure(count, async (key, index) => queue.enqueue(key, index));
  await queue.close();
  return perSecond;
}

function nextPass(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

async function runPrototype(name: string, count: number): Promise<number> {
  const prototype = new OneTransactionEach(join(folder, name));
  const perSecond = await measure(count, (key, index) => prototype.run(key, index, async (message) => message));
  prototype.close();
  return perSecond;
}

/** Tasks per second of so many clients, each of which waits for its result before it comes again. */
async function measure(count: number, act: (key: string, index: number) => Promise<unknown>): Promise<number> {
  const perClient = Math.ceil(count / clientCount);
  const startMs = performance.now();
  const clients = Array.from({ length: clientCount }, async (_, client) => {
    const key = `session-${client}`;
    for (let index = 0; index < perClient; index += 1) {
      const result = await act(key, index);
      if (result !== index) throw new Error(`${key} was given ${String(result)} for ${index}`);
    }
  });
  await Promise.all(clients);
  return (1000 * perClient * clientCount) / (performance.now() - startMs);
}

/** One accepted message and one plain write take turns, because a disk is not as fast at one time as at another. */
async function compareLatency(): Promise<void> {
  const queue = createSessionQueue({
    run: async (turn: MessageTurn<number>) => turn.input,
    store: sqlite(join(folder, 'latency')),
  });
  const file = openSync(join(folder, 'plain'), 'w');
  const page = new Uint8Array(4096).fill(1);
  const queueMs: number[] = [];
  const diskMs: number[] = [];
  for (let index = 0; index < 200 + Number(values.samples); index += 1) {
    const startMs = performance.now();
    await queue.enqueue('ada', index).accepted;
    const acceptedMs = performance.now();
    // Over and over the same thousand pages, as the write-ahead log does.
    writeSync(file, page, 0, page.length, (index % 1000) * page.length);
    fdatasyncSync(file);
    if (index < 200) continue;
    queueMs.push(acceptedMs - startMs);
    diskMs.push(performance.now() - acceptedMs);
  }
  closeSync(file);
  await queue.close();
  const ratio = formatRatio(median(queueMs) / median(diskMs));
  print(
    ['one client', 'p50, ms', 'against it'],
    [
      ['until accepted', median(queueMs).toFixed(3), ratio],
      ['write and fdatasync of 4 kB', median(diskMs).toFixed(3), formatRatio(1)],
    ],
  );
}

function refuseMemory(): void {
  // TMPFS_MAGIC and RAMFS_MAGIC of statfs(2).
  const { type } = statfsSync(folder);
  const isMemory = type === 0x01021994 || type === 0x858458f6;
  if (isMemory) throw new Error(`${values.folder} is in memory; give a --folder on a disk.`);
}

function print(headings: readonly string[], rows: readonly (readonly string[])[]): void {
  const columns = headings.map((heading, index) => ({
    heading,
    side: index === 0 ? ('left' as const) : ('right' as const),
  }));
  process.stdout.write(`${renderTable(columns, rows)}\n\n`);
}
