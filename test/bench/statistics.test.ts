/** The benchmark's statistics, on numbers whose answer is known. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { median, quartiles, speedRatio } from '../../bench/statistics.ts';

describe('median', () => {
  it('is the middle value, whatever the order', () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([10, 9, 8, 100, 7]), 9, 'numbers are not sorted as text');
  });

  it('is the mean of the two middle values of an even number', () => {
    assert.equal(median([4, 1, 3, 2]), 2.5);
  });

  it('leaves the values as they are, and is NaN without any', () => {
    const values = [3, 1, 2];
    median(values);
    assert.deepEqual(values, [3, 1, 2]);
    assert.equal(median([]), NaN);
  });
});

describe('quartiles', () => {
  it('lie between the nearest values in proportion', () => {
    assert.deepEqual(quartiles([1, 2, 3, 4, 5]), [2, 4]);
    assert.deepEqual(quartiles([1, 2, 3, 4]), [1.75, 3.25]);
    assert.deepEqual(quartiles([7]), [7, 7]);
  });
});

describe('speedRatio', () => {
  it('is above 1 for what costs less than the baseline', () => {
    assert.equal(speedRatio([200, 200, 200], [100, 100, 100]), 2);
    assert.equal(speedRatio([100], [400]), 0.25);
  });

  it('pairs the rounds that ran side by side, so that a machine slow for a while changes nothing', () => {
    // Twice as fast in every round; the machine gets ever slower, by which the medians alone would not be misled,
    // but a pairing in the wrong order would.
    assert.equal(speedRatio([100, 1_000, 4_000], [50, 500, 2_000]), 2);
    assert.notEqual(speedRatio([100, 1_000, 4_000], [2_000, 50, 500]), 2);
  });

  it('compares medians where there are no pairs', () => {
    assert.equal(speedRatio([100, 300, 200], [50]), 4);
  });
});
