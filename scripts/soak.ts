/**
 * Lets several processes work on one Redis while some are killed or stopped at random, and checks the history of all of them:
 * each entry is told once, in its session's order. `npm run soak -- --minutes 1`; ten minutes without.
 */
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSessionQueue } from '#src/index.ts';
import type { MessageTurn } from '#src/index.ts';
import { bullmq } from '#src/stores/bullmq/index.ts';
import { checkHistory, Fleet } from '../test/stores/bullmq/fleet.ts';
import type { Accepted } from '../test/stores/bullmq/fleet.ts';
import { RedisServer, whyNoRedis } from '../test/stores/bullmq/redis-server.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new RangeError(`--minutes is ${values.minutes}; expected a number > 0`);
const whyNot = whyNoRedis();
if (whyNot !== undefined) throw new Error(whyNot);

const sessions = 20;
const workers = 3;
const redis = await RedisServer.start();
const fleet = new Fleet(redis.port, 'soak', 5);
const queue = createSessionQueue({
  run: ({ input, epoch }: MessageTurn<number>) => ({ input, epoch }),
  store: bullmq({ connection: { port: redis.port }, name: 'soak', sessions: 0, takeoverMs: 2000, answerMs: 2000 }),
});
for (let index = 0; index < workers; index += 1) await fleet.add();
const untilMs = performance.now() + minutes * 60_000;
const [told] = await Promise.all([enqueueUntil(), breakUntil()]);
const rounds = told.length / sessions;
checkHistory(told, sessions, rounds);
const left = await queue.pending();
if (left !== 0) throw new Error(`${left} entries are still counted`);
await queue.close();
await fleet.end();
await redis.dispose();
process.stdout.write(
  `${told.length} entries of ${sessions} sessions, ${fleet.started.length} turns, ${minutes} minutes: each told once, in order\n`,
);
process.exit();

/** One entry for each session at a time, so that all of them have the same number. */
async function enqueueUntil(): Promise<readonly Accepted[]> {
  const ends: Promise<Accepted>[] = [];
  for (let input = 0; performance.now() < untilMs; input += 1) {
    for (let session = 0; session < sessions; session += 1) {
      const key = `session ${session}`;
      ends.push(queue.enqueue(key, input, { id: String(input) }).then((done) => ({ key, ...done })));
    }
    await sleep(Math.random() * 60);
  }
  return Promise.all(ends);
}

async function breakUntil(): Promise<void> {
  while (performance.now() < untilMs) {
    await sleep(1000 + Math.random() * 2000);
    const victim = fleet.workers[Math.floor(Math.random() * fleet.workers.length)];
    if (victim === undefined) continue;
    if (Math.random() < 0.5) {
      await fleet.kill(victim);
      await fleet.add();
    } else {
      victim.kill('SIGSTOP');
      await sleep(Math.random() * 5000);
      victim.kill('SIGCONT');
    }
  }
}
