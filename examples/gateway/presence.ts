/**
 * Who is there. A page that has left doesn't need its answers any more: what it had sent is aborted. A page that is
 * loaded again, or whose connection broke, is back within moments and keeps what it had sent.
 */

interface Page {
  connections: number;
  readonly controller: AbortController;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export class Presence {
  readonly #pages: Map<string, Page> = new Map();
  readonly #leaveMs: number;
  #isClosed = false;

  /** `leaveMs` is how long a page may be away before it has left. */
  constructor(leaveMs: number) {
    this.#leaveMs = leaveMs;
  }

  /** Pages that are there, or may come back. */
  get size(): number {
    return this.#pages.size;
  }

  /** The page listens. Gives a function that says that it no longer does. */
  join(id: string): () => void {
    const page = this.#pageOf(id);
    page.connections += 1;
    clearTimeout(page.timer);
    return () => {
      page.connections -= 1;
      if (page.connections === 0) this.#awaitReturn(id, page);
    };
  }

  /** Aborts when the page has left, for what is done on its behalf. */
  signalOf(id: string): AbortSignal {
    return this.#pageOf(id).controller.signal;
  }

  /** Nobody is waited for any more. */
  close(): void {
    this.#isClosed = true;
    for (const { timer } of this.#pages.values()) clearTimeout(timer);
    this.#pages.clear();
  }

  #pageOf(id: string): Page {
    const known = this.#pages.get(id);
    if (known !== undefined) return known;
    const page: Page = { connections: 0, controller: new AbortController(), timer: undefined };
    this.#pages.set(id, page);
    // Whoever sends something before it listens is given the same time to do so.
    this.#awaitReturn(id, page);
    return page;
  }

  #awaitReturn(id: string, page: Page): void {
    clearTimeout(page.timer);
    if (this.#isClosed) return;
    page.timer = setTimeout(() => {
      if (this.#pages.get(id) === page) this.#pages.delete(id);
      page.controller.abort(new Error(`The page ${id} has left.`));
    }, this.#leaveMs);
  }
}
