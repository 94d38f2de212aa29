/** The Discord bot, with messages as the gateway sends them, and a server in place of Discord's. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, test } from 'node:test';

import { settle } from '../../../test/core/fake-clock.ts';
import { createDiscordBot } from '../discord-bot.ts';
import type { Agent, DiscordBot } from '../discord-bot.ts';

type Name = 'adaAsks' | 'adaCorrects' | 'adaThanks' | 'bobAsks' | 'botSpeaks';

const payloads = JSON.parse(readFileSync(new URL('discord-payloads.json', import.meta.url), 'utf8')) as Readonly<
  Record<Name, object>
>;

const started: DiscordBot[] = [];
afterEach(async () => {
  for (const { client } of started.splice(0)) await client.destroy();
});

test('answers a message', async () => {
  const { sent, receive, queue } = stage((texts) => Promise.resolve(`You said: ${texts.join(' ')}`));
  receive('bobAsks');
  await queue.drained();
  assert.deepEqual(sent, ['to 1004: You said: Are you open today?']);
});

test('a newer message of the same person stops the answer, and is answered together with the one before', async () => {
  const { sent, receive, queue, aborted } = stage(untilAborted);
  receive('adaAsks');
  await settle();
  receive('adaCorrects');
  await queue.drained();
  assert.deepEqual(aborted, ['Where is my parcel?']);
  assert.deepEqual(sent, ['to 1002: You said: Where is my parcel? I mean the red one.']);
});

test('of a burst, only the newest is answered, and knows of the others', async () => {
  const { sent, receive, queue } = stage((texts) => Promise.resolve(`You said: ${texts.join(' ')}`));
  receive('adaAsks', 'adaCorrects', 'adaThanks');
  await queue.drained();
  assert.deepEqual(sent, ['to 1003: You said: Where is my parcel? I mean the red one. And when does it come?']);
});

test('what was answered is not told again', async () => {
  const { sent, receive, queue } = stage((texts) => Promise.resolve(texts.join(' ')));
  receive('adaAsks', 'adaCorrects');
  await queue.drained();
  receive('adaThanks');
  await queue.drained();
  assert.deepEqual(sent, ['to 1002: Where is my parcel? I mean the red one.', 'to 1003: And when does it come?']);
});

test('an agent that does not stop is not heard, and the next waits until it has ended', async () => {
  const late: (() => void)[] = [];
  const { sent, receive, queue } = stage(async (texts) => {
    if (texts.length === 1) await new Promise<void>((resolve) => late.push(resolve));
    return texts.join(' ');
  });
  receive('adaAsks');
  await settle();
  receive('adaCorrects');
  await settle();
  assert.deepEqual(sent, []);
  late[0]?.();
  await queue.drained();
  assert.deepEqual(sent, ['to 1002: Where is my parcel? I mean the red one.']);
});

test('answers a message once that the gateway tells again, when the client no longer knows it', async () => {
  const { sent, receive, queue, client } = stage((texts) => Promise.resolve(texts.join(' ')));
  receive('bobAsks');
  client.channels.cache.clear();
  receive('bobAsks');
  await queue.drained();
  client.channels.cache.clear();
  receive('bobAsks');
  await queue.drained();
  assert.equal(sent.length, 1);
});

test('people do not interrupt each other, and bots are not answered', async () => {
  const { sent, receive, queue } = stage((texts) => Promise.resolve(texts.join(' ')));
  receive('adaAsks', 'bobAsks', 'botSpeaks');
  assert.equal(queue.pending(), 2);
  await queue.drained();
  assert.deepEqual(sent.toSorted(), ['to 1001: Where is my parcel?', 'to 1004: Are you open today?']);
});

test('says so when the agent fails', async () => {
  const { sent, receive, queue } = stage(() => Promise.reject(new Error('the model is down')));
  receive('bobAsks');
  await queue.drained();
  assert.deepEqual(sent, ['to 1004: That went wrong, sorry.']);
});

interface Staged extends DiscordBot {
  /** What the bot has said: the message that it replies to, and the text. */
  readonly sent: readonly string[];
  /** What the answers that were stopped were about. */
  readonly aborted: readonly string[];
  /** Tells the client messages as its gateway connection would. */
  readonly receive: (...names: readonly Name[]) => void;
}

function stage(agent: Agent): Staged {
  const sent: string[] = [];
  const aborted: string[] = [];
  const listening: Agent = (texts, signal) => {
    signal.addEventListener('abort', () => aborted.push(texts.join(' ')));
    return agent(texts, signal);
  };
  const bot = createDiscordBot(listening, {
    rest: {
      makeRequest: (_url, { body }) => {
        assert.ok(typeof body === 'string');
        const { content, message_reference: to } = JSON.parse(body) as Reply;
        sent.push(`to ${to.message_id}: ${content}`);
        return Promise.resolve(Response.json({ ...payloads.botSpeaks, id: String(5000 + sent.length), content }));
      },
    },
  });
  bot.client.rest.setToken('test');
  started.push(bot);
  // What the client does with a MESSAGE_CREATE of its gateway connection: it makes a Message of it, and emits that.
  const { actions } = bot.client as unknown as { actions: { MessageCreate: { handle(payload: object): unknown } } };
  const receive = (...names: readonly Name[]): void => {
    for (const name of names) actions.MessageCreate.handle(payloads[name]);
  };
  return { ...bot, sent, aborted, receive };
}

interface Reply {
  readonly content: string;
  readonly message_reference: { readonly message_id: string };
}

/** The first answer takes until it is stopped, each later one no time. */
const untilAborted: Agent = (texts, signal) =>
  texts.length > 1
    ? Promise.resolve(`You said: ${texts.join(' ')}`)
    : new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
