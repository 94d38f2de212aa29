/**
 * Hands what happens to listeners: soon after they happened, in order, never inside the call that caused
 * them, and to each listener in the async context of its own `subscribe` call.
 */
export class EventFeed<Event> {
  readonly #subscriptions: Set<Subscription<Event>> = new Set();

  get hasListeners(): boolean {
    return this.#subscriptions.size > 0;
  }

  add(listener: (event: Event) => void): () => void {
    const subscription = new Subscription(listener);
    this.#subscriptions.add(subscription);
    return () => {
      this.#subscriptions.delete(subscription);
      subscription.close();
    };
  }

  tell(event: Event): void {
    for (const subscription of this.#subscriptions) subscription.tell(event);
  }
}

class Subscription<Event> {
  readonly #listener: (event: Event) => void;
  readonly #events: Event[] = [];
  #isClosed = false;
  #wake: (() => void) | undefined;

  constructor(listener: (event: Event) => void) {
    this.#listener = listener;
    void this.#deliver();
  }

  tell(event: Event): void {
    this.#events.push(event);
    this.#wake?.();
  }

  close(): void {
    this.#isClosed = true;
    this.#wake?.();
  }

  // One loop for the subscription's life: what follows an await runs in the context of its start.
  async #deliver(): Promise<void> {
    while (!this.#isClosed) {
      if (this.#events.length === 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      for (const event of this.#events.splice(0)) this.#call(event);
    }
  }

  #call(event: Event): void {
    // By a listener that was called before.
    if (this.#isClosed) return;
    try {
      this.#listener(event);
    } catch (error) {
      // Nobody handles it, so the runtime reports it as it reports every ignored failure.
      void Promise.reject(error);
    }
  }
}
