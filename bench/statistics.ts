/** The few statistics of the benchmark: medians, quartiles, and ratios of rounds that ran side by side. */

/** The middle of the values, or the mean of the two middle ones. NaN without values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The values between which the middle half lies. */
export function quartiles(values: readonly number[]): readonly [number, number] {
  return [quantile(values, 0.25), quantile(values, 0.75)];
}

/**
 * How many times as fast `costs` is as `baselineCosts`: the median over the rounds of baseline / own. Rounds of the same
 * index ran one right after the other, so what slowed the machine slowed both. Where the counts differ there are no such
 * pairs, and the medians are compared.
 */
export function speedRatio(baselineCosts: readonly number[], costs: readonly number[]): number {
  if (baselineCosts.length !== costs.length) return median(baselineCosts) / median(costs);
  return median(costs.map((cost, round) => (baselineCosts[round] ?? NaN) / cost));
}

// Linear between the two nearest values (type 7 of Hyndman and Fan, which R and NumPy use by default).
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((first, second) => first - second);
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? NaN;
  const above = sorted[Math.ceil(position)] ?? NaN;
  return below + (above - below) * (position - Math.floor(position));
}
