/**
 * The stand-in for an agent: answers in words that come one by one, over two to four seconds. No model, no network, no
 * key. What matters here is how it treats its turn, and an agent with a model behind it would do the same.
 */
import { setTimeout as delay } from 'node:timers/promises';

import type { ChatTurn, Message } from './queue.ts';

/**
 * How the agent works:
 * - `answers`: what its turn started with, and nothing else
 * - `takes`: also what comes while it speaks
 * - `asks`: whether it shall, before it does
 */
export type Manner = 'answers' | 'takes' | 'asks';

/** What the agent does during a turn, as it happens. `id` is the message whose turn it is. */
export type AgentNote =
  | { readonly type: 'word'; readonly id: string; readonly word: string }
  /** The turn has this message too: from its start, taken while it spoke, or as the answer to its question. */
  | { readonly type: 'joined'; readonly id: string; readonly into: string; readonly as: 'input' | 'taken' | 'reply' }
  | { readonly type: 'asks' | 'goes-on'; readonly id: string };

/** How fast the agent is. */
export interface Pace {
  /** Resolves when the next word is ready; rejects as soon as the turn's signal aborts. */
  word(turn: ChatTurn): Promise<void>;
  /** Resolves when what an aborted turn had begun is put away. Until then its lane stays closed. */
  tidyUp(turn: ChatTurn): Promise<void>;
}

export const livelyPace: Pace = {
  word: (turn) => delay(140, undefined, { signal: turn.signal }),
  tidyUp: () => delay(500),
};

/** How long the agent waits for a yes or a no. */
const askMs = 30_000;

/** Answers the messages of a turn. Gives all that it said. */
export type Agent = (turn: ChatTurn, manner: Manner) => Promise<string>;

/** Makes the agent. `tell` hears of everything that it does, at once. */
export function createAgent(pace: Pace, tell: (note: AgentNote) => void): Agent {
  return async (turn, manner) => {
    for (const { id } of turn.inputs) if (id !== turn.id) tell({ type: 'joined', id, into: turn.id, as: 'input' });
    const speech = new Speech(turn, pace, tell);
    try {
      if (manner === 'asks') await askFirst(turn, speech, tell);
      else await speech.say(`You said ${quoteAll(turn.inputs)}. ${pickAnswer(turn.input)}`, manner === 'takes');
      return speech.said.join(' ');
    } catch (error) {
      // The lane is this turn's until it has ended: what comes next never meets what this one has left half done.
      if (turn.signal.aborted) await pace.tidyUp(turn);
      throw error;
    }
  };
}

async function askFirst(turn: ChatTurn, speech: Speech, tell: (note: AgentNote) => void): Promise<void> {
  const { id } = turn;
  await speech.say(`You said ${quoteAll(turn.inputs)}. I would do that at once. Shall I?`);
  // Only what arrives after this call can answer, so the question is shown after it and not before.
  const replying = turn.receive(askMs);
  tell({ type: 'asks', id });
  const reply = await replying;
  tell({ type: 'goes-on', id });
  if (reply !== undefined) tell({ type: 'joined', id: reply.id, into: id, as: 'reply' });
  await speech.say(replyTo(reply));
}

function replyTo(reply: Message | undefined): string {
  if (reply === undefined) return 'Nobody answered, so I leave it.';
  return /^\W*(y|yes|yep|sure|ok|okay|please)\b/i.test(reply.text)
    ? 'Thank you. Done, and written down.'
    : 'All right, I leave it as it is.';
}

/** What the agent says in one turn. */
class Speech {
  readonly said: string[] = [];
  readonly #turn: ChatTurn;
  readonly #pace: Pace;
  readonly #tell: (note: AgentNote) => void;

  constructor(turn: ChatTurn, pace: Pace, tell: (note: AgentNote) => void) {
    this.#turn = turn;
    this.#pace = pace;
    this.#tell = tell;
  }

  /** Says the text word by word. With `takes`, what has come meanwhile is looked at between two words. */
  async say(text: string, takes = false): Promise<void> {
    const { id } = this.#turn;
    const words = text.split(' ');
    for (let word = words.shift(); word !== undefined; word = words.shift()) {
      await this.#pace.word(this.#turn);
      // The watchdog of a turn that says nothing any more is fed with every word, and with nothing else.
      this.#turn.progress();
      this.said.push(word);
      this.#tell({ type: 'word', id, word });
      if (takes) words.unshift(...this.#take());
    }
  }

  #take(): readonly string[] {
    const taken = this.#turn.take();
    for (const message of taken) this.#tell({ type: 'joined', id: message.id, into: this.#turn.id, as: 'taken' });
    return taken.length === 0 ? [] : `– oh, and ${quoteAll(taken)}, I see –`.split(' ');
  }
}

function quoteAll(messages: readonly Message[]): string {
  const quoted = messages.map(({ text }) => `“${text}”`);
  const last = quoted.pop() ?? '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} and ${last}`;
}

const answers = [
  'Let me see. I asked the kitchen, the kitchen asked the cook, and the cook says yes.',
  'One moment. I turned every page of the calendar, and Thursday looks back at you kindly.',
  'Good question. Two drawers were empty, the third one had what you need, so: done.',
  'I thought it over twice, slept on it for a second, and would do the same.',
];

/** The same for the same text. */
function pickAnswer({ text }: Message): string {
  let sum = 0;
  for (const character of text) sum += character.codePointAt(0) ?? 0;
  return answers[sum % answers.length] ?? '';
}
