/** When sessions started their last turns, for policies that limit a rate. It outlives the sessions, as it has to. */
import type { Policy } from './policy.ts';

export class RecentStarts {
  /** By key, in the order of the last start. */
  readonly #startsMs: Map<string, readonly number[]> = new Map();
  readonly #most: number;
  readonly #forMs: number;

  constructor({ starts, forMs }: NonNullable<Policy['remembers']> = { starts: 0, forMs: 0 }) {
    this.#most = starts;
    this.#forMs = forMs;
  }

  note(key: string, startedMs: number): void {
    if (this.#most === 0) return;
    const startsMs = [...this.of(key, startedMs), startedMs].slice(-this.#most);
    this.#startsMs.delete(key);
    this.#startsMs.set(key, startsMs);
    // No timer: whenever one is noted, those that have become too old go.
    for (const [oldKey, old] of this.#startsMs) {
      if (this.#counts(old.at(-1), startedMs)) return;
      this.#startsMs.delete(oldKey);
    }
  }

  /** The starts of this session that count, oldest first. */
  of(key: string, nowMs: number): readonly number[] {
    return this.#startsMs.get(key)?.filter((startMs) => this.#counts(startMs, nowMs)) ?? [];
  }

  #counts(startMs: number | undefined, nowMs: number): boolean {
    return startMs !== undefined && startMs + this.#forMs > nowMs;
  }
}
