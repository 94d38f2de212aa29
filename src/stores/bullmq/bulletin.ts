/** What processes tell each other, through Redis. Every message may be lost; whatever it says is found otherwise as well. */
import { readEnding, readRecord, readState, readText } from './records.ts';
import type { BullmqEnding, ReadEntry } from './records.ts';
import type { Server } from './server.ts';

/** Who is told. Keys and ids are as callers gave them. */
export interface Reader {
  /** @param before the place of the one before it in line */
  arrived(key: string, entry: ReadEntry, before: number | undefined): void;
  ended(key: string, id: string, ending: BullmqEnding): void;
  paused(isPaused: boolean, key: string | undefined): void;
  drained(): void;
  /** Another process asks for something, and waits for an answer. */
  asked(request: Request): Promise<string>;
  /** The connection is there again: messages may have been lost. */
  returned(): void;
}

/** To take entries out of a session that the asked process has: all, or one. */
export interface Request {
  readonly key: string;
  readonly id: string | undefined;
  readonly code: 'cancelled' | 'aborted';
}

export class Bulletin {
  readonly #server: Server;
  readonly #reader: Reader;
  readonly #answers: Map<string, (text: string) => void> = new Map();
  #asked = 0;
  #hasBeenReady = false;

  constructor(server: Server, reader: Reader) {
    this.#server = server;
    this.#reader = reader;
    const { listener } = server.connections;
    listener.on('messageBuffer', (_channel: Buffer, message: Buffer) => this.#read(message.toString()));
    listener.on('ready', () => {
      if (this.#hasBeenReady) reader.returned();
      this.#hasBeenReady = true;
    });
    // It is asked for again by the connection itself, each time it comes back.
    listener.subscribe(this.#channel('all'), this.#channel(`to:${server.process}`)).catch(() => {
      listener.disconnect(true);
    });
  }

  /** Asks another process; undefined when it has not answered in time. */
  async ask(process: string, request: Request, withinMs: number): Promise<string | undefined> {
    this.#asked += 1;
    const number = String(this.#asked);
    const answer = new Promise<string | undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), withinMs);
      this.#answers.set(number, (text) => {
        clearTimeout(timer);
        resolve(text);
      });
    });
    try {
      await this.#send(process, ['asked', this.#server.process, number, JSON.stringify(request)]);
      return await answer;
    } finally {
      this.#answers.delete(number);
    }
  }

  #channel(name: string): string {
    return `${this.#server.base}lane:${name}`;
  }

  async #send(process: string, parts: readonly string[]): Promise<void> {
    await this.#server.connections.commands.publish(this.#channel(`to:${process}`), parts.join('\n'));
  }

  #read(message: string): void {
    const [type, first = '', second = '', third = '', ...rest] = message.split('\n');
    switch (type) {
      case 'arrived': {
        const [before = '', ...record] = rest;
        const entry = {
          id: readText(second),
          place: Number(third),
          record: readRecord(record.join('\n')),
          state: readState(''),
        };
        this.#reader.arrived(readText(first), entry, before === '' ? undefined : Number(before));
        return;
      }
      case 'ended':
        this.#reader.ended(readText(first), readText(second), readEnding([third, ...rest].join('\n')));
        return;
      case 'pause':
      case 'resume':
        if (first === this.#server.process) return;
        this.#reader.paused(type === 'pause', second === '*' ? undefined : readText(second));
        return;
      case 'drained':
        this.#reader.drained();
        return;
      case 'asked':
        void this.#answer(first, second, [third, ...rest].join('\n'));
        return;
      case 'answered':
        this.#answers.get(first)?.([second, third, ...rest].join('\n'));
        break;
      default:
        // Of a later version.
        break;
    }
  }

  async #answer(process: string, number: string, request: string): Promise<void> {
    try {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- another process of this store wrote it
      const text = await this.#reader.asked(JSON.parse(request) as Request);
      await this.#send(process, ['answered', number, text]);
    } catch {
      // Whoever asked waits no longer than it wants to.
    }
  }
}
