/**
 * What users talk to: sends each request to one of the gateways, in turn, and to the next one when that is gone. To ask twice
 * does no harm, because a message is known by its id.
 */
import type { Message } from '../gateway/queue.ts';
import type { Answer } from './gateway.ts';

/** Where a gateway is. */
export interface Address {
  readonly name: string;
  readonly url: string;
}

export class Front {
  #gateways: readonly Address[];
  #messages = 0;
  #questions = 0;
  readonly #signal: AbortSignal;

  /** No request is waited for once the signal has aborted. */
  constructor(gateways: readonly Address[], signal: AbortSignal) {
    this.#gateways = gateways;
    this.#signal = signal;
  }

  /** Resolves when a gateway has stored the message, with the name of that gateway. */
  async send(message: Message): Promise<string> {
    const headers = { 'content-type': 'application/json' };
    this.#messages += 1;
    const { takenBy } = await this.#ask<{ readonly takenBy: string }>(this.#messages, '/messages', {
      method: 'POST',
      headers,
      body: JSON.stringify(message),
    });
    return takenBy;
  }

  /** Resolves when the message is answered, whoever has taken it and whoever answers. */
  answerTo({ user, id }: Message): Promise<Answer> {
    const path = `/users/${encodeURIComponent(user)}/messages/${encodeURIComponent(id)}/answer`;
    this.#questions += 1;
    return this.#ask<Answer>(this.#questions, path, {});
  }

  async #ask<Body>(turn: number, path: string, init: RequestInit): Promise<Body> {
    for (;;) {
      const gateway = this.#gateways[turn % this.#gateways.length];
      if (gateway === undefined) throw new Error('no gateway is left');
      let response: Response;
      let body: string;
      try {
        response = await fetch(gateway.url + path, { ...init, signal: this.#signal });
        body = await response.text();
      } catch (error) {
        this.#signal.throwIfAborted();
        if (!(error instanceof TypeError)) throw error;
        this.#gateways = this.#gateways.filter((other) => other !== gateway);
        continue;
      }
      if (!response.ok) throw new Error(`gateway ${gateway.name}: ${response.status} ${body}`);
      return JSON.parse(body) as Body;
    }
  }
}
