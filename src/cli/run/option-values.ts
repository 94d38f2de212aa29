/** Turns the words behind the options into values, or says what was expected. */
import { InvalidArgumentError } from 'commander';
import { parseKeyPath } from './key-path.ts';
import type { KeyPath } from './key-path.ts';
import { describeError } from './result.ts';

/** The longest delay that a timer can have: beyond it, it would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

export function readKeyPath(text: string): KeyPath {
  try {
    return parseKeyPath(text);
  } catch (error) {
    throw new InvalidArgumentError(describeError(error).message);
  }
}

export function readCount(text: string): number {
  return readInteger(text, Number.MAX_SAFE_INTEGER, 'Expected a whole number, 1 or more.');
}

export function readMilliseconds(text: string): number {
  return readInteger(text, longestTimerMs, `Expected whole milliseconds, 1 to ${longestTimerMs}.`);
}

function readInteger(text: string, greatest: number, expected: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > greatest) throw new InvalidArgumentError(expected);
  return value;
}
