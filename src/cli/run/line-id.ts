/** What names a line in a store, and which lines a store knows. */
import { createHash } from 'node:crypto';
import type { KeyedLine } from './keyed-line.ts';

/** Its number, and a digest of its key and text: the same line of the same input, and no other, has it again. */
export function idOf({ number, key, text }: KeyedLine): string {
  const digest = createHash('sha256').update(JSON.stringify(key)).update(text).digest('hex');
  return `${number}-${digest.slice(0, 12)}`;
}

/** The number in an id that {@link idOf} has made; undefined for any other. */
export function numberIn(id: string): number | undefined {
  const number = pattern.exec(id)?.groups?.['number'];
  return number === undefined ? undefined : Number(number);
}

const pattern = /^(?<number>[1-9]\d{0,15})-[\da-f]{12}$/;

/** Lines by their numbers, at four bytes each: for a file of any size that is little beside what the store takes. */
export class LineTable {
  #digests = new Uint32Array(1024);

  /** @param id one that {@link numberIn} finds a number in */
  add(id: string): void {
    const number = numberIn(id) ?? 0;
    if (number >= this.#digests.length) {
      const larger = new Uint32Array(Math.max(number + 1, this.#digests.length * 2));
      larger.set(this.#digests);
      this.#digests = larger;
    }
    this.#digests[number] = digestIn(id);
  }

  /** Whether the line with that number is the one with this id, another one, or not known. */
  look(number: number, id: string): 'same' | 'other' | 'unknown' {
    const digest = this.#digests[number] ?? 0;
    if (digest === 0) return 'unknown';
    return digest === digestIn(id) ? 'same' : 'other';
  }
}

// Zero says that there is none.
function digestIn(id: string): number {
  return Number.parseInt(id.slice(-8), 16) || 1;
}
