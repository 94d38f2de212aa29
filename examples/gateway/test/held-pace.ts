/** The pace of an agent that says a word when a test lets it, so that no test depends on how long anything takes. */
import type { Pace } from '../agent.ts';
import type { ChatTurn } from '../queue.ts';

export class HeldPace implements Pace {
  readonly #talking: Set<string> = new Set();
  readonly #waiting: Map<string, Set<() => void>> = new Map();

  word({ key, signal }: ChatTurn): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const go = (): void => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
      const stop = (): void => {
        this.#waitersOf(key).delete(go);
        reject(signal.reason);
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#await(key, go);
    });
  }

  tidyUp({ key }: ChatTurn): Promise<void> {
    return new Promise((resolve) => this.#await(key, resolve));
  }

  /** Lets the agent say one word to this user, or tidy up, as soon as it wants to. */
  step(user: string): void {
    const [go] = this.#waitersOf(user);
    if (go === undefined) throw new Error(`the agent has nothing to say to ${user}`);
    this.#waitersOf(user).delete(go);
    go();
  }

  /** From now on nothing holds the agent up with this user. */
  letTalk(user: string): void {
    this.#talking.add(user);
    for (const go of this.#waitersOf(user)) go();
    this.#waitersOf(user).clear();
  }

  hold(user: string): void {
    this.#talking.delete(user);
  }

  #await(user: string, go: () => void): void {
    if (this.#talking.has(user)) go();
    else this.#waitersOf(user).add(go);
  }

  #waitersOf(user: string): Set<() => void> {
    const known = this.#waiting.get(user) ?? new Set();
    this.#waiting.set(user, known);
    return known;
  }
}
