/** A user's program: compiled against the packed package with plain settings, then run. Prints what it got. */
import { createSessionQueue, QueueError } from '@tinyclaw/queue';
import type { SessionQueue, Turn } from '@tinyclaw/queue';

const queue: SessionQueue = createSessionQueue({ concurrency: 2 });
const order: string[] = [];

async function note(turn: Turn): Promise<number> {
  order.push(turn.id);
  return order.length;
}

const results: readonly number[] = await Promise.all([queue.enqueue('ada', note), queue.enqueue('ada', note)]);
queue.stop();
const refused: unknown = await queue.enqueue('ada', note).catch((error: unknown) => error);
const code = refused instanceof QueueError ? refused.code : 'no error';

console.log([...results, ...order, code, queue.pending()].join(' '));
