/** Checks what the makers of policies are given, at once. */
import { show } from '../core/queue-options.ts';

/** @throws TypeError unless the value has the kind that was expected. */
export function checkKind(fits: boolean, name: string, value: unknown, expected: string): void {
  if (!fits) throw new TypeError(describe(name, value, expected));
}

/** @throws RangeError for a number that doesn't fit, TypeError for what is no number. */
export function checkNumber(fits: boolean, name: string, value: unknown, expected: string): void {
  checkKind(fits || typeof value === 'number', name, value, expected);
  if (!fits) throw new RangeError(describe(name, value, expected));
}

/** @throws RangeError or TypeError unless the value is an integer >= 1. */
export function checkCount(name: string, value: unknown): void {
  checkNumber(Number.isInteger(value) && Number(value) >= 1, name, value, 'an integer >= 1');
}

/** @throws RangeError or TypeError unless the value is a time that passes. */
export function checkDuration(name: string, value: unknown): void {
  checkNumber(Number.isFinite(value) && Number(value) > 0, name, value, 'milliseconds > 0, and finite');
}

/** @throws TypeError unless the value is a function. */
export function checkFunction(name: string, value: unknown): void {
  checkKind(typeof value === 'function', name, value, 'a function');
}

function describe(name: string, value: unknown, expected: string): string {
  return `${name} is ${show(value)}; expected ${expected}.`;
}
