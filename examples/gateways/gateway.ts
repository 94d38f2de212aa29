/**
 * One gateway, a process of its own: `node gateway.ts A redis://localhost:6379`. It takes messages over HTTP and stores them, and it
 * answers those of the sessions that are its own at the time. Any number of them may share a Redis, on one machine or many.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';

// A program of your own imports these from '@tinyclaw/queue' and '@tinyclaw/queue/bullmq'.
import { createSessionQueue, QueueError } from '../../src/index.ts';
import { bullmq } from '../../src/stores/bullmq/index.ts';
import { createAgent } from '../gateway/agent.ts';
import type { ChatTurn, Message } from '../gateway/queue.ts';

/** What the gateway tells whoever started it: lines of JSON on its standard output. */
export type Note =
  | { readonly type: 'ready'; readonly url: string }
  /** A turn has started with the message; `attempt` is 2 when an earlier one was cut off. */
  | { readonly type: 'begins'; readonly id: string; readonly attempt: number }
  | { readonly type: 'word'; readonly id: string; readonly word: string }
  | { readonly type: 'finished'; readonly id: string; readonly text: string };

/** What is stored as the result of a message, so that it can be asked for at any gateway. */
export interface Answer {
  readonly by: string;
  readonly text: string;
}

const [name = '', redis = ''] = process.argv.slice(2);

const agent = createAgent(
  { word: ({ signal }) => delay(60, undefined, { signal }), tidyUp: () => Promise.resolve() },
  (note) => {
    if (note.type === 'word') tell(note);
  },
);

const queue = createSessionQueue({
  run: async (turn: ChatTurn): Promise<Answer> => {
    tell({ type: 'begins', id: turn.id, attempt: turn.attempt });
    const text = await agent(turn, 'answers');
    tell({ type: 'finished', id: turn.id, text });
    return { by: name, text };
  },
  store: bullmq({ connection: redis, name: 'chats', takeoverMs: 2000 }),
});

const app = new Hono();
app.post('/messages', async (c) => {
  const message = await c.req.json<Message>();
  // Stored, when this resolves: whatever becomes of this process, the message will be answered. And one that comes
  // again with the same id, because nobody heard that it was stored, is not a second one.
  await queue.enqueue(message.user, message, { id: message.id }).accepted;
  return c.json({ takenBy: name }, 202);
});
// The answer, as soon as there is one; it need not be this process that gives it.
app.get('/users/:user/messages/:id/answer', async (c) => {
  return c.json(await queue.ticket(c.req.param('user'), c.req.param('id')));
});
app.onError((error, c) => c.json({ error: error.message }, error instanceof QueueError ? 409 : 500));

const answerRequest = getRequestListener(app.fetch);
const server = createServer((request, response) => void answerRequest(request, response));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
tell({ type: 'ready', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });

process.once('SIGTERM', () => void end());
// Nobody reads what it tells any more.
process.stdin.resume().once('end', () => process.exit(1));

async function end(): Promise<void> {
  // What runs may end; what waits stays stored, for another gateway.
  await queue.close({ drainMs: 3000 });
  server.close();
  server.closeAllConnections();
  process.stdin.destroy();
}

function tell(note: Note): void {
  process.stdout.write(`${JSON.stringify(note)}\n`);
}
