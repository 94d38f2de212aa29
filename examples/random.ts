/** Random numbers that are the same on every machine for the same seed. */

export interface Random {
  /** From `least` up to, not including, `limit`. */
  between(least: number, limit: number): number;
  /** An integer from 0 up to, not including, `limit`. */
  below(limit: number): number;
  /** One of `choices`, of which there has to be one at least. */
  pick<T>(choices: readonly T[]): T;
}

/** The generator mulberry32, by Tommy Ettinger: 32 bits of state, ample for a made-up log. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    between: (least, limit) => least + next() * (limit - least),
    below,
    pick(choices) {
      const choice = choices[below(choices.length)];
      if (choice === undefined) throw new RangeError('expected at least one choice');
      return choice;
    },
  };
}
