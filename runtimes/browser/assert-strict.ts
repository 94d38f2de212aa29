/** Stands in for node:assert/strict in a browser: the same functions from the package `assert`. */
import assert from 'assert';

const { strict } = assert;

export default strict;
export const {
  ok,
  fail,
  equal,
  notEqual,
  deepEqual,
  notDeepEqual,
  strictEqual,
  notStrictEqual,
  deepStrictEqual,
  notDeepStrictEqual,
  throws,
  doesNotThrow,
  rejects,
  doesNotReject,
  match,
  doesNotMatch,
} = strict;
