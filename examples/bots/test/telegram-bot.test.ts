/** The Telegram bot, with updates as Telegram sends them, and a transformer that answers in place of Telegram. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import type { Update, UserFromGetMe } from 'grammy/types';

import { createQueueWithClock } from '../../../src/core/create-session-queue.ts';
import { FakeClock, settle } from '../../../test/core/fake-clock.ts';
import { createTelegramBot } from '../telegram-bot.ts';
import type { Agent, TelegramBot } from '../telegram-bot.ts';

type Name = 'adaBegins' | 'adaGoesOn' | 'bobAsks' | 'adaEnds' | 'adaOrders' | 'bobAgrees' | 'adaAgrees' | 'adaStops';

const updates = JSON.parse(readFileSync(new URL('telegram-updates.json', import.meta.url), 'utf8')) as Readonly<
  Record<Name, Update>
>;

const echo: Agent = (texts) => Promise.resolve(`You said: ${texts.join(' ')}`);

test('answers once what one person says in several messages', async () => {
  const { sent, receive, clock } = stage(echo);
  await receive('adaBegins');
  await clock.elapse(500);
  await receive('adaGoesOn');
  await clock.elapse(799);
  assert.deepEqual(sent, []);
  await clock.elapse(1);
  assert.deepEqual(sent, ['to 302: You said: Can you book a table for two?']);
});

test('keeps the words of two people apart, in order', async () => {
  const { sent, receive, clock } = stage(echo);
  await receive('adaBegins', 'adaGoesOn', 'bobAsks', 'adaEnds');
  await clock.elapse(4000);
  assert.deepEqual(sent, [
    'to 302: You said: Can you book a table for two?',
    'to 303: You said: What is for lunch?',
    'to 304: You said: At noon, please.',
  ]);
});

test('answers an update once, though it is delivered again while it waits, runs, and has been answered', async () => {
  const answer = makeSignal();
  const { sent, receive, clock } = stage(async (texts) => {
    await answer.given;
    return texts.join(' ');
  });
  await receive('bobAsks', 'bobAsks');
  await clock.elapse(800);
  await receive('bobAsks');
  answer.give();
  await clock.elapse(4000);
  await receive('bobAsks');
  await clock.elapse(4000);
  assert.deepEqual(sent, ['to 303: What is for lunch?']);
});

test('asks before it orders, and takes no answer but that of who has ordered', async () => {
  const { sent, receive, clock, queue } = stage(async (_texts, { ask }) =>
    (await ask('Really?')) === 'yes' ? 'Ordered.' : 'Not ordered.',
  );
  await receive('adaOrders');
  await clock.elapse(800);
  await receive('bobAgrees');
  assert.deepEqual(sent, ['to 305: Really?', 'to 306: One moment, I am waiting for an answer.']);
  await receive('adaAgrees');
  assert.deepEqual(sent.slice(2), ['to 305: Ordered.']);
  assert.equal(queue.pending(), 0);
});

test('does not order when nobody answers', async () => {
  const { sent, receive, clock } = stage(async (_texts, { ask }) =>
    (await ask('Really?')) === 'yes' ? 'Ordered.' : 'Not ordered.',
  );
  await receive('adaOrders');
  await clock.elapse(800 + 60_000);
  assert.deepEqual(sent, ['to 305: Really?', 'to 305: Not ordered.']);
});

test('stops at once, and says what was not begun', async () => {
  const late = makeSignal();
  const { sent, receive, clock, queue } = stage(async (texts) => {
    await late.given;
    return texts.join(' ');
  });
  await receive('adaBegins');
  await clock.elapse(800);
  await receive('bobAsks', 'adaStops');
  assert.deepEqual(sent, ['Stopped. 1 of your messages were not begun.']);
  late.give();
  await settle();
  assert.equal(sent.length, 1);
  assert.equal(queue.pending(), 0);
});

test('says so when the agent fails, and when it takes too long', async () => {
  const failing = stage(() => Promise.reject(new Error('the model is down')));
  await failing.receive('bobAsks');
  await failing.clock.elapse(800);
  assert.deepEqual(failing.sent, ['to 303: That went wrong, sorry.']);

  const slow = stage(
    (_texts, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  );
  await slow.receive('bobAsks');
  await slow.clock.elapse(800 + 120_000);
  assert.deepEqual(slow.sent, ['to 303: That went wrong, sorry.']);
});

test('lets at most twenty messages wait, and says so to who came too late', async () => {
  const { sent, receive, clock } = stage(echo);
  for (let count = 0; count < 21; count += 1) {
    await receive({ ...updates.bobAsks, update_id: count });
  }
  assert.deepEqual(sent, ['to 303: One moment, I am still at your last messages.']);
  await clock.elapse(4000);
  assert.equal(sent[1]?.match(/lunch/g)?.length, 20);
});

interface Staged extends TelegramBot {
  readonly clock: FakeClock;
  /** What the bot has said: `to`, the message that it replies to, and the text. */
  readonly sent: readonly string[];
  /** Hands the bot updates, one after another, as they come from Telegram. */
  readonly receive: (...updates: readonly (Name | Update)[]) => Promise<void>;
}

function stage(agent: Agent): Staged {
  const clock = new FakeClock();
  const sent: string[] = [];
  const { bot, queue } = createTelegramBot('123456:test', agent, (options) => createQueueWithClock(options, clock));
  bot.botInfo = { id: 123456, is_bot: true, first_name: 'Claw', username: 'claw_bot' } as UserFromGetMe;
  bot.api.config.use((_previous, method, payload) => {
    assert.equal(method, 'sendMessage');
    assert.ok('text' in payload && 'chat_id' in payload);
    assert.equal(payload.chat_id, -1001987654321);
    const reply = 'reply_parameters' in payload ? payload.reply_parameters : undefined;
    sent.push(`${reply === undefined ? '' : `to ${reply.message_id}: `}${payload.text}`);
    return Promise.resolve({ ok: true, result: true as never });
  });
  const receive = async (...received: readonly (Name | Update)[]): Promise<void> => {
    for (const one of received) await bot.handleUpdate(typeof one === 'string' ? updates[one] : one);
    await settle();
  };
  return { bot, queue, clock, sent, receive };
}

interface Signal {
  readonly given: Promise<void>;
  readonly give: () => void;
}

function makeSignal(): Signal {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}
