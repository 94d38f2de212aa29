/** The conversation log that the repository brings, and what its handler makes of it. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { makeConversations } from '../../examples/make-conversations.ts';
import type { Message } from '../../examples/make-conversations.ts';
import { runCli, toJsonLines } from './cli-process.ts';

const examples = join(import.meta.dirname, '../../examples');

describe('the conversation log', async () => {
  const content = await readFile(join(examples, 'conversations.jsonl'), 'utf8');
  const messages = content
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Message);
  const sessions = new Map<string, Message[]>();
  for (const message of messages) sessions.set(message.session, [...(sessions.get(message.session) ?? []), message]);

  test('is what its generator makes, byte by byte, and another for another seed', () => {
    assert.ok(makeConversations() === content);
    assert.ok(makeConversations(2) !== content);
  });

  test('has 2,000 messages of 100 sessions or more, in the order of a day', () => {
    assert.ok(messages.length >= 2_000 && sessions.size >= 100);
    assert.deepEqual(
      messages,
      messages.toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0)),
    );
    assert.equal(new Set(messages.map(({ id }) => id)).size, messages.length);
    assert.equal(new Set(messages.map(({ at }) => at.slice(0, 10))).size <= 2, true);
  });

  test('comes in bursts: most messages follow another of their session within seconds', () => {
    const gapsMs = [...sessions.values()].flatMap((own) =>
      own.slice(1).map(({ at }, place) => Date.parse(at) - Date.parse(own[place]?.at ?? '')),
    );
    const inBurst = gapsMs.filter((gapMs) => gapMs <= 6_000).length / messages.length;
    assert.ok(inBurst > 0.5 && inBurst < 0.9, `${inBurst}`);
  });

  test('has hot sessions and quiet ones', () => {
    const sizes = [...sessions.values()].map((own) => own.length).toSorted((one, other) => other - one);
    assert.ok((sizes[0] ?? 0) >= 50);
    assert.ok((sizes.at(-1) ?? 0) <= 5);
  });

  test('is answered message by message, each session in order', async () => {
    // A part of the day is enough here: the whole of it is what `npm start` runs.
    const some = messages.slice(0, 700);
    const words = ['run', '--key', '.session', '--concurrency', '32', '--handler', join(examples, 'reply.js')];
    const { exitCode, results } = await runCli(words, { input: toJsonLines(some) });
    assert.equal(exitCode, 0);
    assert.equal(results.length, some.length);
    for (const session of new Set(some.map((message) => message.session))) {
      const own = some.filter((message) => message.session === session);
      const heard = results.filter(({ key }) => key === session).map(({ value }) => value as Reply);
      const expected = own.map((_, place) => [place + 1, own[place - 1]?.id ?? null]);
      assert.deepEqual(
        heard.map((reply) => [reply.heard, reply.after]),
        expected,
      );
    }
  });
});

interface Reply {
  readonly heard: number;
  readonly after: string | null;
}
