/** The ids that callers gave: of entries that wait or run, and for a while after their end. */
import type { MessageEntry } from './message-entry.ts';

export class KnownIds {
  readonly #live: Map<string, MessageEntry> = new Map();
  /** In the order of their ends. */
  readonly #ended: Map<string, { readonly entry: MessageEntry; readonly endedMs: number }> = new Map();
  readonly #rememberMs: number;
  readonly #rememberMax: number;

  constructor(rememberMs = 300_000, rememberMax = 10_000) {
    this.#rememberMs = rememberMs;
    this.#rememberMax = rememberMax;
  }

  /** The entry that has this id in its session, if it is known. */
  find(key: string, id: string, nowMs: number): MessageEntry | undefined {
    const name = nameOf(key, id);
    const live = this.#live.get(name);
    if (live !== undefined) return live;
    const ended = this.#ended.get(name);
    return ended !== undefined && this.#isKnown(ended.endedMs, nowMs) ? ended.entry : undefined;
  }

  add(key: string, id: string, entry: MessageEntry): void {
    const name = nameOf(key, id);
    this.#ended.delete(name);
    this.#live.set(name, entry);
  }

  /** The entry has ended, and is remembered for a while. */
  remember(key: string, id: string, nowMs: number): void {
    const name = nameOf(key, id);
    const entry = this.#live.get(name);
    if (entry === undefined) return;
    this.#live.delete(name);
    this.#ended.set(name, { entry, endedMs: nowMs });
    // No timer: whenever one comes, those that have become too old or too many go.
    for (const [oldName, { endedMs }] of this.#ended) {
      if (this.#ended.size <= this.#rememberMax && this.#isKnown(endedMs, nowMs)) return;
      this.#ended.delete(oldName);
    }
  }

  /** The entry has left without having run, and may come again; or its end no longer holds. */
  forget(key: string, id: string): void {
    const name = nameOf(key, id);
    this.#live.delete(name);
    this.#ended.delete(name);
  }

  #isKnown(endedMs: number, nowMs: number): boolean {
    return endedMs + this.#rememberMs > nowMs;
  }
}

// An id is known within its session only: nobody gets another user's answer by guessing an id.
export function nameOf(key: string, id: string): string {
  return `${id.length} ${id}${key}`;
}
