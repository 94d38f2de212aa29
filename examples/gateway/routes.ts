/** What can be asked of the gateway over HTTP. */
import { readFile } from 'node:fs/promises';

import { Hono } from 'hono';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { streamSSE } from 'hono/streaming';

import { QueueError } from '../../src/index.ts';
import type { QueueErrorCode } from '../../src/index.ts';
import type { Board } from './board.ts';
import { choiceNames, isChoiceName } from './choices.ts';
import type { Choice, ChoiceName } from './choices.ts';
import { sendEvents } from './events.ts';
import type { Presence } from './presence.ts';
import type { ChatQueue } from './queue.ts';

/** What the routes are made of. */
export interface Parts {
  readonly users: readonly string[];
  readonly choices: Readonly<Record<ChoiceName, Choice>>;
  readonly queue: ChatQueue;
  readonly board: Board;
  readonly presence: Presence;
  /** Aborts when the feeds are to end. */
  readonly closing: AbortSignal;
  readonly chosen: () => ChoiceName;
  readonly choose: (name: ChoiceName) => void;
}

const maxTextLength = 200;

/** Makes the application. */
export function createRoutes(parts: Parts): Hono {
  const app = new Hono();
  app.use(secureHeaders({ contentSecurityPolicy: { defaultSrc: ["'self'"], imgSrc: ["'self'", 'data:'] } }));
  app.use(bodyLimit({ maxSize: 10_000, onError: (c) => refuse(c, 413, 'the body has more than 10,000 bytes') }));
  for (const [path, { file, type }] of Object.entries(pageFiles)) {
    app.get(path, async (c) =>
      c.body(await readFile(new URL(`page/${file}`, import.meta.url)), 200, { 'content-type': type }),
    );
  }
  app.get('/about', (c) => c.json({ users: parts.users, choices: describe(parts.choices), maxTextLength }));
  app.get('/events', (c) => openFeed(c, parts));
  app.post('/messages', (c) => takeMessage(c, parts));
  app.post('/users/:user/cancel', (c) => cancelAll(c, parts));
  app.put('/policy', (c) => choosePolicy(c, parts));
  app.notFound((c) => refuse(c, 404, `there is no ${c.req.method} ${c.req.path}`));
  return app;
}

const html = 'text/html; charset=utf-8';
const script = 'text/javascript; charset=utf-8';
const style = 'text/css; charset=utf-8';

const pageFiles: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  '/': { file: 'index.html', type: html },
  '/page.js': { file: 'page.js', type: script },
  '/user.js': { file: 'user.js', type: script },
  '/card.js': { file: 'card.js', type: script },
  '/style.css': { file: 'style.css', type: style },
  '/users.css': { file: 'users.css', type: style },
  '/cards.css': { file: 'cards.css', type: style },
};

function describe(choices: Parts['choices']): readonly Pick<Choice, 'name' | 'title' | 'code' | 'says'>[] {
  return choiceNames.map((name) => choices[name]).map(({ name, title, code, says }) => ({ name, title, code, says }));
}

function openFeed(c: Context, { board, presence, chosen, closing }: Parts): Response {
  const page = c.req.query('page');
  if (page !== undefined && !isPageId(page)) return refuse(c, 400, wrongPageId);
  const feed = streamSSE(c, async (stream) => {
    const leave = page === undefined ? undefined : presence.join(page);
    await sendEvents(stream, board, chosen, closing);
    leave?.();
  });
  // Kept for a next request that never comes, the connection would hold the server's end up.
  feed.headers.set('connection', 'close');
  return feed;
}

async function takeMessage(c: Context, { users, board, queue, presence }: Parts): Promise<Response> {
  const body = await readBody(c);
  if (body === undefined) return refuse(c, 400, 'expected a JSON object, sent as application/json');
  const { user, text, page } = body;
  if (typeof user !== 'string' || !users.includes(user)) return refuse(c, 400, wrongUser(users));
  if (typeof text !== 'string' || text.trim() === '') return refuse(c, 400, 'text: expected what the user has typed');
  if (text.length > maxTextLength) return refuse(c, 400, `text: expected at most ${maxTextLength} characters`);
  if (page !== undefined && !isPageId(page)) return refuse(c, 400, wrongPageId);
  const message = board.add(user, text.trim().replaceAll(/\s+/g, ' '));
  const signal = page === undefined ? undefined : presence.signalOf(page);
  try {
    await queue.enqueue(user, message, { id: message.id, signal }).accepted;
    return c.json({ id: message.id }, 202);
  } catch (error) {
    if (!(error instanceof QueueError)) throw error;
    board.refuse(message.id, error.code);
    return c.json({ id: message.id, code: error.code, error: error.message }, statusOf(error.code));
  }
}

function cancelAll(c: Context, { users, queue }: Parts): Response {
  const user = c.req.param('user') ?? '';
  if (!users.includes(user)) return refuse(c, 404, wrongUser(users));
  return c.json({ unstarted: queue.cancel(user).map(({ id }) => id) });
}

async function choosePolicy(c: Context, { choose }: Parts): Promise<Response> {
  const name = (await readBody(c))?.['name'];
  if (!isChoiceName(name)) return refuse(c, 400, `name: expected one of ${choiceNames.join(', ')}`);
  choose(name);
  return c.json({ name });
}

function wrongUser(users: readonly string[]): string {
  return `user: expected one of ${users.join(', ')}`;
}

const wrongPageId = 'page: expected 1 to 64 letters and digits';

function isPageId(page: unknown): page is string {
  return typeof page === 'string' && /^\w{1,64}$/.test(page);
}

// Another site's page can send a body to this one, but not under this type without asking first.
async function readBody(c: Context): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (!/^application\/json\b/.test(c.req.header('content-type') ?? '')) return undefined;
  const body: unknown = await c.req.json().catch(() => undefined);
  return typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : undefined;
}

function statusOf(code: QueueErrorCode): 409 | 429 | 503 {
  if (code === 'full') return 429;
  return code === 'stopped' || code === 'closed' ? 503 : 409;
}

function refuse(c: Context, status: 400 | 404 | 413, error: string): Response {
  return c.json({ error }, status);
}
