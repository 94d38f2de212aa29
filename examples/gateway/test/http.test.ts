/** The gateway over HTTP, without a browser. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import { startGateway } from '../server.ts';
import type { Gateway } from '../server.ts';
import { HeldPace } from './held-pace.ts';
import { readEvents } from './read-events.ts';
import type { Told } from './read-events.ts';

interface Started {
  readonly gateway: Gateway;
  readonly pace: HeldPace;
}

async function start(t: TestContext, leaveMs = 5000): Promise<Started> {
  const pace = new HeldPace();
  const gateway = await startGateway({ port: 0, pace, leaveMs });
  t.after(() => {
    for (const user of ['Ada', 'Bob', 'Cleo']) pace.letTalk(user);
    return gateway.close(0);
  });
  return { gateway, pace };
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function send(
  gateway: Gateway,
  method: string,
  path: string,
  body: unknown,
  type = 'application/json',
): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${gateway.url}${path}`, { method, headers: { 'content-type': type }, body: text });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

function isCard(id: string, state: string): (told: Told) => boolean {
  return (told) => told.type === 'card' && told.card.id === id && told.card.state === state;
}

test('a message comes out of the feed as it waits, runs, is answered word by word, and is done', async (t) => {
  const { gateway, pace } = await start(t);
  const events = await readEvents(gateway.url);
  const snapshot = await events.until(({ type }) => type === 'snapshot');
  assert.ok(snapshot.type === 'snapshot');
  assert.deepEqual(snapshot.cards, []);
  const { status, body } = await send(gateway, 'POST', 'messages', { user: 'Ada', text: '  hello   there ' });
  assert.equal(status, 202);
  assert.deepEqual(body, { id: '1' });
  await events.until(isCard('1', 'waiting'));
  await events.until(isCard('1', 'running'));
  pace.step('Ada');
  const first = await events.until(({ type }) => type === 'word');
  assert.deepEqual(first, { type: 'word', id: '1', word: 'You' });
  pace.letTalk('Ada');
  const done = await events.until(isCard('1', 'done'));
  assert.ok(done.type === 'card');
  assert.match(done.card.answer, /^You said “hello there”\. /);
  const idle = await events.until(
    (told) => told.type === 'lane' && told.lane.user === 'Ada' && told.lane.state === 'idle',
  );
  assert.ok(idle.type === 'lane');
  assert.equal(gateway.queue.pending(), 0);
  events.leave();
});

test('whoever comes later is shown what there is, as the queue itself tells it', async (t) => {
  const { gateway, pace } = await start(t);
  await send(gateway, 'POST', 'messages', { user: 'Ada', text: 'one' });
  await send(gateway, 'POST', 'messages', { user: 'Ada', text: 'two' });
  const early = await readEvents(gateway.url);
  await early.until(({ type }) => type === 'snapshot');
  pace.step('Ada');
  await early.until(({ type }) => type === 'word');
  const late = await readEvents(gateway.url);
  const snapshot = await late.until(({ type }) => type === 'snapshot');
  assert.ok(snapshot.type === 'snapshot');
  const shown = snapshot.cards.map(({ id, state, answer }) => ({ id, state, answer }));
  assert.deepEqual(shown, [
    { id: '1', state: 'running', answer: 'You' },
    { id: '2', state: 'waiting', answer: '' },
  ]);
  const session = gateway.queue.inspect('Ada');
  assert.equal(session?.turn?.id, '1');
  assert.deepEqual(snapshot.lanes[0], { user: 'Ada', state: session.state, waiting: session.waiting });
  early.leave();
  late.leave();
});

test('a reader that leaves takes its listener with it, and its turn is aborted', async (t) => {
  const { gateway } = await start(t, 0);
  const staying = await readEvents(gateway.url);
  const leaving = await readEvents(gateway.url, 'tab1');
  await leaving.until(({ type }) => type === 'snapshot');
  await send(gateway, 'POST', 'messages', { user: 'Ada', text: 'of who stays' });
  await send(gateway, 'POST', 'messages', { user: 'Bob', text: 'runs', page: 'tab1' });
  await send(gateway, 'POST', 'messages', { user: 'Bob', text: 'waits', page: 'tab1' });
  await staying.until(isCard('3', 'waiting'));
  assert.equal(gateway.board.listeners, 2);
  const left = once(gateway.presence.signalOf('tab1'), 'abort');
  leaving.leave();
  await left;
  assert.equal(gateway.board.listeners, 1);
  assert.equal(gateway.presence.size, 0);
  const aborted = await staying.until(isCard('2', 'stopping'));
  assert.ok(aborted.type === 'card');
  assert.equal(aborted.card.code, 'aborted');
  const dropped = await staying.until(isCard('3', 'dropped'));
  assert.ok(dropped.type === 'card');
  assert.equal(dropped.card.code, 'aborted');
  assert.equal(gateway.queue.inspect('Ada')?.state, 'running');
  staying.leave();
});

test('what a turn has taken of somebody else waits again when the turn is aborted', async (t) => {
  const { gateway, pace } = await start(t, 0);
  const staying = await readEvents(gateway.url);
  const leaving = await readEvents(gateway.url, 'tab1');
  await send(gateway, 'PUT', 'policy', { name: 'steer' });
  await send(gateway, 'POST', 'messages', { user: 'Ada', text: 'of who leaves', page: 'tab1' });
  await send(gateway, 'POST', 'messages', { user: 'Ada', text: 'of who stays' });
  pace.step('Ada');
  await staying.until(isCard('2', 'joined'));
  leaving.leave();
  await staying.until(isCard('1', 'stopping'));
  pace.letTalk('Ada');
  await staying.until(isCard('2', 'waiting'));
  await staying.until(isCard('2', 'done'));
  staying.leave();
});

test('a page that is back in time keeps what it had sent', async (t) => {
  const { gateway, pace } = await start(t, 60_000);
  const before = await readEvents(gateway.url, 'tab1');
  await before.until(({ type }) => type === 'snapshot');
  await send(gateway, 'POST', 'messages', { user: 'Ada', text: 'hello', page: 'tab1' });
  before.leave();
  const after = await readEvents(gateway.url, 'tab1');
  pace.letTalk('Ada');
  await after.until(
    (told) => isCard('1', 'done')(told) || (told.type === 'snapshot' && told.cards[0]?.state === 'done'),
  );
  after.leave();
});

test('what a policy refuses is told to the caller, with the code and the policy that did it', async (t) => {
  const { gateway } = await start(t);
  assert.deepEqual(await send(gateway, 'PUT', 'policy', { name: 'reject' }), { status: 200, body: { name: 'reject' } });
  await send(gateway, 'POST', 'messages', { user: 'Ada', text: 'one' });
  const { status, body } = await send(gateway, 'POST', 'messages', { user: 'Ada', text: 'two' });
  assert.equal(status, 409);
  assert.equal(body['code'], 'rejected');
  assert.match(String(body['error']), /the policy reject dropped the entry/);
});

test('the limit of unanswered messages and the end of the queue are told by their status', async (t) => {
  const { gateway, pace } = await start(t);
  for (let sent = 0; sent < 20; sent += 1) {
    assert.equal((await send(gateway, 'POST', 'messages', { user: 'Ada', text: 'more' })).status, 202);
  }
  assert.equal((await send(gateway, 'POST', 'messages', { user: 'Ada', text: 'more' })).status, 429);
  assert.equal((await send(gateway, 'POST', 'users/Ada/cancel', {})).status, 200);
  gateway.queue.stop();
  assert.equal((await send(gateway, 'POST', 'messages', { user: 'Bob', text: 'late' })).status, 503);
  pace.letTalk('Ada');
});

const badRequests = [
  { says: 'no JSON', body: '{', error: /^expected a JSON object/ },
  { says: 'no object', body: 'null', error: /^expected a JSON object/ },
  { says: 'another type', body: '{"user":"Ada","text":"hi"}', type: 'text/plain', error: /^expected a JSON object/ },
  { says: 'no user', body: { text: 'hi' }, error: /^user: expected one of Ada, Bob, Cleo$/ },
  { says: 'an unknown user', body: { user: 'Eve', text: 'hi' }, error: /^user: / },
  { says: 'no text', body: { user: 'Ada' }, error: /^text: / },
  { says: 'an empty text', body: { user: 'Ada', text: ' ' }, error: /^text: / },
  { says: 'a long text', body: { user: 'Ada', text: 'x'.repeat(201) }, error: /^text: expected at most 200/ },
  { says: 'a bad page', body: { user: 'Ada', text: 'hi', page: '../' }, error: /^page: / },
  { says: 'an unknown policy', method: 'PUT', path: 'policy', body: { name: 'toString' }, error: /^name: .* debounce/ },
];

test('bad input gets a 400 that says what was expected, and nothing is enqueued', async (t) => {
  const { gateway } = await start(t);
  for (const { says, method = 'POST', path = 'messages', body, type, error } of badRequests) {
    const answer = await send(gateway, method, path, body, type);
    assert.equal(answer.status, 400, says);
    assert.match(String(answer.body['error']), error, says);
  }
  assert.equal((await send(gateway, 'POST', 'messages', 'x'.repeat(20_000))).status, 413);
  assert.equal((await send(gateway, 'POST', 'nowhere', {})).status, 404);
  assert.equal((await send(gateway, 'POST', 'users/Eve/cancel', {})).status, 404);
  assert.equal((await fetch(`${gateway.url}events?page=${encodeURIComponent('a b')}`)).status, 400);
  assert.equal(gateway.queue.pending(), 0);
  assert.deepEqual(gateway.board.cards, []);
});

test('closing aborts what is left after the time to drain, shows it, and ends the feeds', async (t) => {
  const { gateway, pace } = await start(t);
  const events = await readEvents(gateway.url, 'tab1');
  await send(gateway, 'POST', 'messages', { user: 'Ada', text: 'runs' });
  await send(gateway, 'POST', 'messages', { user: 'Ada', text: 'waits' });
  await events.until(isCard('2', 'waiting'));
  const closed = gateway.close(0);
  await events.until(isCard('1', 'stopping'));
  pace.letTalk('Ada');
  await events.end();
  await closed;
  assert.deepEqual(
    gateway.board.cards.map(({ state, code }) => ({ state, code })),
    [
      { state: 'failed', code: 'closed' },
      { state: 'dropped', code: 'closed' },
    ],
  );
  assert.equal(gateway.board.listeners, 0);
  await assert.rejects(fetch(gateway.url));
});

test('a port that is in use is told with the way out', async (t) => {
  const { gateway } = await start(t);
  const port = Number(new URL(gateway.url).port);
  await assert.rejects(startGateway({ port }), {
    message: `port ${port} is in use: choose another one with --port or PORT`,
  });
});
