/** From a line to what the queue needs of it: its session key, and the value it holds. */
import { findKey } from './key-path.ts';
import type { KeyPath } from './key-path.ts';
import { describeError } from './result.ts';
import type { BadLine, Line } from './read-lines.ts';

/** A line that can be run. */
export interface KeyedLine extends Line {
  readonly key: string;
  /** What the line's JSON holds. */
  readonly value: unknown;
}

/** Parses a line and finds its key, or says why it can't be run. */
export function keyLine({ number, text, bytes }: Line, path: KeyPath): KeyedLine | BadLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { number, bytes, problem: `not JSON: ${describeError(error).message}` };
  }
  const found = findKey(value, path);
  return 'problem' in found
    ? { number, bytes, problem: found.problem }
    : { number, bytes, text, key: found.key, value };
}
