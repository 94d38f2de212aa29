/**
 * The handler of the example: answers every message of a conversation, as an agent would that thinks
 * for a moment and knows what was said before. It would notice if two messages of a session were
 * handled at once or in the wrong order, because it keeps the history of each session.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** @typedef {{ id: string, at: string, session: string, channel: string, from: string, text: string }} Message */
/** @typedef {{ heard: number, last: Message | undefined, isThinking: boolean }} Conversation */
/** @typedef {{ reply: string, heard: number, after: string | null }} Reply */

/** @type {Map<string, Conversation>} */
const conversations = new Map();

/**
 * Answers one message. `heard` counts the messages of the session so far, and `after` is the id of
 * the one before.
 *
 * @param {Message} message
 * @param {{ key: string, signal: AbortSignal }} turn
 * @returns {Promise<Reply>}
 */
export default async function reply(message, turn) {
  const conversation = conversations.get(turn.key) ?? { heard: 0, last: undefined, isThinking: false };
  conversations.set(turn.key, conversation);
  const { last } = conversation;
  if (conversation.isThinking) throw new Error(`two turns of ${turn.key} at once`);
  if (last !== undefined && last.at > message.at) throw new Error(`${message.id} came after ${last.id}`);

  conversation.isThinking = true;
  try {
    await delay(thinkingMs(message), undefined, { signal: turn.signal });
  } finally {
    conversation.isThinking = false;
  }
  conversation.heard += 1;
  conversation.last = message;
  return { reply: answer(message, conversation.heard), heard: conversation.heard, after: last?.id ?? null };
}

/**
 * 5 to 80 ms, always the same for the same message.
 *
 * @param {Message} message
 */
function thinkingMs(message) {
  return 5 + (hash(message.id) % 76);
}

/**
 * @param {Message} message
 * @param {number} heard
 */
function answer(message, heard) {
  if (heard === 1) return `Hello ${message.from}, how can I help?`;
  if (message.text.endsWith('?')) return pick(['Yes, that works.', 'I will look.', 'Not today, sorry.'], message);
  return pick(['Got it.', 'Noted.', 'Thank you, go on.', 'All right.'], message);
}

/**
 * @param {readonly string[]} choices
 * @param {Message} message
 */
function pick(choices, message) {
  return choices[hash(message.text) % choices.length] ?? '';
}

/**
 * FNV-1a over the text's code units: small, and the same everywhere.
 *
 * @param {string} text
 */
function hash(text) {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
