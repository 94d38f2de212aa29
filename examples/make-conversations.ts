/**
 * Makes conversations.jsonl: one day of messages of an assistant that many people write to, in the
 * order of their arrival. The same seed gives the same bytes. Writes to standard output:
 * `node examples/make-conversations.ts > examples/conversations.jsonl`
 */
import { pathToFileURL } from 'node:url';
import { closings, followUps, names, openings, requests, slots } from './conversation-texts.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';

/** One line of the log. */
export interface Message {
  readonly id: string;
  readonly at: string;
  readonly session: string;
  readonly channel: string;
  readonly from: string;
  readonly text: string;
}

const sessionCount = 160;
const dayStartMs = Date.UTC(2025, 2, 4);
const dayMs = 24 * 60 * 60 * 1_000;

/** The whole log, as JSON Lines. */
export function makeConversations(seed: number = 20_250_304): string {
  const random = createRandom(seed);
  const messages = Array.from({ length: sessionCount }, (_, place) => makeSession(place, random)).flat();
  messages.sort((one, other) => one.atMs - other.atMs || (one.session < other.session ? -1 : 1));
  return messages
    .map(({ atMs, session, channel, from, text }, place): Message => {
      const id = `m${String(place + 1).padStart(5, '0')}`;
      return { id, at: new Date(atMs).toISOString(), session, channel, from, text };
    })
    .map((message) => `${JSON.stringify(message)}\n`)
    .join('');
}

interface Draft extends Omit<Message, 'id' | 'at'> {
  readonly atMs: number;
}

/** A session has a few visits over the day; some sessions are hot, most have little to say. */
function makeSession(place: number, random: Random): Draft[] {
  const channel = random.pick(['telegram', 'telegram', 'slack', 'discord', 'web']);
  const session = `${channel}:${10_000 + random.below(90_000)}`;
  const from = random.pick(names);
  // Zipf-like: the tenth session writes a tenth of what the first writes, but everybody something.
  const visits = 1 + Math.round((14 / (place + 1)) * random.between(0.8, 1.2)) + random.below(3);
  return Array.from({ length: visits }, () => makeVisit(random)).flatMap((visit) =>
    visit.map(({ atMs, text }) => ({ atMs, session, channel, from, text })),
  );
}

/** A visit is a few bursts, a minute or so apart: the time in which an answer is read. */
function makeVisit(random: Random): { readonly atMs: number; readonly text: string }[] {
  const bursts = 1 + random.below(4);
  let atMs = dayStartMs + busyTimeOfDayMs(random);
  const messages: { readonly atMs: number; readonly text: string }[] = [];
  for (let burst = 0; burst < bursts; burst += 1) {
    for (const text of burst === 0 ? firstBurst(random) : laterBurst(random, burst === bursts - 1)) {
      messages.push({ atMs, text });
      // Nobody waits for an answer between two messages of a burst.
      atMs += Math.round(random.between(900, 6_000));
    }
    atMs += Math.round(random.between(20_000, 150_000));
  }
  return messages;
}

function firstBurst(random: Random): string[] {
  return [random.pick(openings), ...random.pick(requests)].map((text) => fill(text, random));
}

function laterBurst(random: Random, isLast: boolean): string[] {
  return random
    .pick(isLast ? closings : random.pick([requests, followUps, followUps]))
    .map((text) => fill(text, random));
}

function fill(text: string, random: Random): string {
  return text.replace(/\{(\w+)\}/g, (slot, name: string) => random.pick(slots[name] ?? [slot]));
}

/** Few write at night, most in the late morning and in the evening. */
function busyTimeOfDayMs(random: Random): number {
  const hour = random.pick([
    0, 2, 6, 7, 7, 8, 8, 9, 9, 9, 10, 10, 10, 11, 11, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 20, 21, 22,
  ]);
  return Math.round((hour + random.between(0, 1)) * (dayMs / 24));
}

if (process.argv[1] !== undefined && pathToFileURL(process.argv[1]).href === import.meta.url) {
  process.stdout.write(makeConversations());
}
