/**
 * What order costs: 2,000 sessions of ten messages each on this store, against as many plain jobs, which keep no order, on BullMQ
 * itself; in one run, on one Redis, by two worker processes each. Then how soon a message starts when nothing else goes on.
 *
 * `npm run bench:bullmq`
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Queue, QueueEvents, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { createSessionQueue } from '../src/index.ts';
import type { MessageTurn } from '../src/index.ts';
import { bullmq } from '../src/stores/bullmq/index.ts';
import { RedisServer } from '../test/stores/bullmq/redis-server.ts';

const sessions = 2000;
const perSession = 10;
const workers = 2;
const concurrency = 100;

const [role, portText = '', name = ''] = process.argv.slice(2);
if (role === 'ours') runOurs(Number(portText), name);
else if (role === 'plain') runPlain(Number(portText), name);
else await compare();

function runOurs(port: number, name: string): void {
  createSessionQueue({
    run: ({ input }: MessageTurn<number>) => (input === -1 ? Date.now() : input),
    store: bullmq({ connection: { port }, name, sessions: concurrency }),
  });
}

function runPlain(port: number, name: string): void {
  const connection = new Redis({ port, maxRetriesPerRequest: null });
  const worker = new Worker(name, (job) => Promise.resolve(job.data), { connection, concurrency });
  worker.on('error', () => undefined);
}

async function compare(): Promise<void> {
  const redis = await RedisServer.start();
  const rounds: { readonly plain: number; readonly ours: number }[] = [];
  for (let round = 0; round < 3; round += 1) {
    rounds.push({
      plain: await measurePlain(redis.port, `plain-${round}`),
      ours: await measureOurs(redis.port, round),
    });
  }
  const startMs = await measureStart(redis.port);
  await redis.dispose();
  const plain = median(rounds.map((round) => round.plain));
  const ours = median(rounds.map((round) => round.ours));
  const report = [
    `BullMQ, ${sessions * perSession} plain jobs, ${workers} processes: ${Math.round(plain)} a second`,
    `sessions in order, ${sessions} × ${perSession}, ${workers} processes: ${Math.round(ours)} a second, ${Math.round((100 * ours) / plain)} %`,
    `from enqueue to the start of its turn, idle, in another process: p50 ${startMs.toFixed(1)} ms`,
  ];
  process.stdout.write(`${report.join('\n')}\n`);
  process.exit();
}

async function measurePlain(port: number, name: string): Promise<number> {
  const children = await start('plain', port, name);
  const connection = new Redis({ port, maxRetriesPerRequest: null });
  const queue = new Queue<number>(name, { connection });
  const events = new QueueEvents(name, { connection: connection.duplicate() });
  await events.waitUntilReady();
  let left = sessions * perSession;
  const done = new Promise<void>((resolve) => {
    events.on('completed', () => {
      left -= 1;
      if (left === 0) resolve();
    });
  });
  const jobs = Array.from({ length: left }, (_, index) => ({
    name: 'plain',
    data: index,
    opts: { removeOnComplete: true },
  }));
  const beganMs = performance.now();
  for (let at = 0; at < jobs.length; at += 500) await queue.addBulk(jobs.slice(at, at + 500));
  await done;
  const tookMs = performance.now() - beganMs;
  await end(children);
  await events.close();
  await queue.close();
  connection.disconnect();
  return (1000 * sessions * perSession) / tookMs;
}

async function measureOurs(port: number, round: number): Promise<number> {
  const name = `ours-${round}`;
  const children = await start('ours', port, name);
  const queue = createSessionQueue({
    run: ({ input }: MessageTurn<number>) => input,
    store: bullmq({ connection: { port }, name, sessions: 0 }),
  });
  await queue.pending();
  const beganMs = performance.now();
  const tickets = Array.from({ length: sessions * perSession }, (_, index) =>
    queue.enqueue(`session ${index % sessions}`, index),
  );
  await Promise.all(tickets);
  const tookMs = performance.now() - beganMs;
  await queue.close();
  await end(children);
  return (1000 * sessions * perSession) / tookMs;
}

async function measureStart(port: number): Promise<number> {
  const children = await start('ours', port, 'start');
  const queue = createSessionQueue({
    run: ({ input }: MessageTurn<number>) => input,
    store: bullmq({ connection: { port }, name: 'start', sessions: 0 }),
  });
  const waits: number[] = [];
  for (let index = 0; index < 200; index += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    const enqueuedMs = performance.timeOrigin + performance.now();
    const startedMs = await queue.enqueue(`session ${index}`, -1);
    waits.push(startedMs - enqueuedMs);
  }
  await queue.close();
  await end(children);
  return median(waits);
}

async function start(role: 'ours' | 'plain', port: number, name: string): Promise<readonly ChildProcess[]> {
  const program = fileURLToPath(import.meta.url);
  const children = Array.from({ length: workers }, () =>
    spawn(process.execPath, [program, role, String(port), name], { stdio: 'inherit' }),
  );
  // Until they have started and found Redis.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  return children;
}

async function end(children: readonly ChildProcess[]): Promise<void> {
  for (const child of children) {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
