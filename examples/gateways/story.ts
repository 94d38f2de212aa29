/**
 * The story: Ada and Bob write to two gateways, and the one that is answering Ada's first message is killed. Tells what happens,
 * line by line, as it happens.
 */
import type { Message } from '../gateway/queue.ts';
import { Front } from './front.ts';
import type { GatewayProcess } from './gateway-process.ts';
import type { Note } from './gateway.ts';
import type { Happening } from './verdict.ts';

/** What a gateway has told, and which one it was. */
export type HeardNote = Note & { readonly by: string };

/** How the story ended. */
export interface Told {
  readonly happenings: readonly Happening[];
  /** From the kill until another gateway began with the message that was cut off; undefined where none did. */
  readonly takeoverMs: number | undefined;
}

/** After how many words of the first answer its gateway is killed. */
const wordsBeforeTheEnd = 8;

const first: Message = { id: '1', user: 'Ada', text: 'A table' };
const atOnce: readonly Message[] = [
  { id: '2', user: 'Ada', text: 'for two' },
  { id: '3', user: 'Bob', text: 'Is it raining?' },
  { id: '4', user: 'Ada', text: 'at eight' },
  { id: '5', user: 'Bob', text: 'And tomorrow?' },
];
const afterTheKill: Message = { id: '6', user: 'Ada', text: 'by the window' };

export class Story {
  readonly #write: (line: string) => void;
  #startedMs = 0;
  readonly #happenings: Happening[] = [];
  readonly #messages: Map<string, Message> = new Map();
  readonly #words: string[] = [];
  /** Called with the name of the gateway when the first answer has come so far. */
  #onCutOff: (gateway: string) => void = () => undefined;
  #killed: { readonly name: string; readonly atMs: number } | undefined;
  #takeoverMs: number | undefined;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  /** To be told what the gateways tell. */
  readonly hear = ({ by, ...note }: HeardNote): void => {
    if (note.type === 'begins') {
      this.#happenings.push({ type: 'begins', id: note.id, by });
      this.#tellBegin(by, note.id, note.attempt);
    } else if (note.type === 'finished') {
      this.#happenings.push({ type: 'finished', id: note.id, by });
      this.#say(`${by} has answered ${this.#whose(note.id)}: ${cut(note.text)}`);
    } else if (note.type === 'word' && note.id === first.id && this.#killed === undefined) {
      this.#words.push(note.word);
      if (this.#words.length === wordsBeforeTheEnd) this.#onCutOff(by);
    }
  };

  /** Plays it. Ends when every message is answered, or when the signal aborts. */
  async play(gateways: readonly GatewayProcess[], signal: AbortSignal): Promise<Told> {
    this.#startedMs = performance.now();
    const front = new Front(gateways, signal);
    const isCutOff = new Promise<string>((resolve, reject) => {
      this.#onCutOff = resolve;
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    const answers = [];
    for (const message of [first, ...atOnce]) {
      await this.#send(front, message);
      answers.push(this.#await(front, message));
    }
    const doomed = await isCutOff;
    await this.#kill(gateways.find(({ name }) => name === doomed));
    await this.#send(front, afterTheKill);
    answers.push(this.#await(front, afterTheKill));
    await Promise.all(answers);
    return { happenings: this.#happenings, takeoverMs: this.#takeoverMs };
  }

  async #send(front: Front, message: Message): Promise<void> {
    this.#messages.set(message.id, message);
    this.#happenings.push({ type: 'sent', message });
    const takenBy = await front.send(message);
    this.#say(`${message.user} writes “${message.text}”: ${takenBy} has stored it`);
  }

  async #await(front: Front, message: Message): Promise<void> {
    try {
      const { by } = await front.answerTo(message);
      this.#happenings.push({ type: 'told', id: message.id, by });
    } catch (error) {
      this.#say(`${this.#whose(message.id)} gets no answer: ${String(error)}`);
    }
  }

  async #kill(gateway: GatewayProcess | undefined): Promise<void> {
    if (gateway === undefined) throw new Error('a gateway answers that nobody has started');
    const { name } = gateway;
    this.#killed = { name, atMs: performance.now() };
    await gateway.kill();
    this.#happenings.push({ type: 'killed', by: name });
    this.#say(`${name} IS KILLED (SIGKILL) at the words: ${this.#words.join(' ')} …`);
  }

  #tellBegin(by: string, id: string, attempt: number): void {
    if (attempt === 1 || this.#killed === undefined) {
      this.#say(`${by} begins to answer ${this.#whose(id)}`);
      return;
    }
    const sinceMs = performance.now() - this.#killed.atMs;
    if (id === first.id) this.#takeoverMs = sinceMs;
    this.#say(`${by} TAKES OVER, ${toSeconds(sinceMs)} s after the kill: answers ${this.#whose(id)} anew`);
  }

  #whose(id: string): string {
    const message = this.#messages.get(id);
    return `${message?.user}'s “${message?.text}”`;
  }

  #say(line: string): void {
    this.#write(`${toSeconds(performance.now() - this.#startedMs).padStart(6)} s  ${line}`);
  }
}

export function toSeconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}

function cut(text: string): string {
  return text.length <= 50 ? text : `${text.slice(0, 50).replace(/\S*$/, '')}…`;
}
