/** A process that runs sessions, and writes down on its standard output what it starts and what it has done. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createSessionQueue } from '#src/index.ts';
import type { MessageTurn } from '#src/index.ts';
import { bullmq } from '#src/stores/bullmq/index.ts';

const [port, name, workMs] = process.argv.slice(2).map(String);

const queue = createSessionQueue({
  run: async ({ key, input, epoch }: MessageTurn<number>) => {
    process.stdout.write(`${JSON.stringify({ at: 'start', key, input, epoch })}\n`);
    await sleep(Number(workMs) * (0.5 + Math.random()));
    return { input, epoch };
  },
  store: bullmq({ connection: { port: Number(port) }, name: String(name), takeoverMs: 2000, answerMs: 2000 }),
});
process.on('SIGTERM', () => {
  void queue.close({ drainMs: 1000 }).then(() => process.exit());
});
process.stdout.write(`${JSON.stringify({ at: 'ready' })}\n`);
