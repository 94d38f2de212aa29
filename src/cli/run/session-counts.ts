/** Counts sessions and their lines in bounded memory. */
import { createHash } from 'node:crypto';

// Beyond so many sessions only those seen before are counted on.
const maxSessions = 100_000;
// Longer keys are remembered by their hash.
const longestKept = 200;

/** How many lines each session has had. */
export class SessionCounts {
  readonly #counts = new Map<string, number>();
  #most: { key: string; lines: number } | undefined;
  #isOverLimit = false;

  add(key: string): void {
    const kept = key.length > longestKept ? `sha256 ${createHash('sha256').update(key).digest('hex')}` : key;
    const lines = (this.#counts.get(kept) ?? 0) + 1;
    if (lines === 1 && this.#counts.size >= maxSessions) {
      this.#isOverLimit = true;
      return;
    }
    this.#counts.set(kept, lines);
    if (lines > (this.#most?.lines ?? 0)) this.#most = { key: kept, lines };
  }

  get size(): number {
    return this.#counts.size;
  }

  /** There are more sessions than could be counted. */
  get isOverLimit(): boolean {
    return this.#isOverLimit;
  }

  /** The session with the most lines so far. */
  get most(): { readonly key: string; readonly lines: number } | undefined {
    return this.#most;
  }
}
