/** What becomes of a line, and the line of JSON that says so. */
import { inspect } from 'node:util';
import { escapeInvisible } from '../printable.ts';

/** One line's end. A line that could not be run has a `null` key. */
export type Result = Succeeded | Failed;

interface Succeeded extends Ended {
  readonly ok: true;
  readonly value: unknown;
}

interface Failed extends Ended {
  readonly ok: false;
  readonly error: DescribedError;
}

interface Ended {
  readonly line: number;
  readonly key: string | null;
  readonly waitedMs: number;
  readonly ranMs: number;
}

/** An error as plain data. */
export interface DescribedError {
  readonly name: string;
  readonly message: string;
  readonly code?: string | number;
}

/**
 * The result as one line of JSON, which a terminal can show safely. No value (`undefined`) becomes
 * `null`.
 *
 * @throws when JSON can't hold the value.
 */
export function formatResult(result: Result): string {
  const { line, key, ok } = result;
  const times = { waitedMs: roundMs(result.waitedMs), ranMs: roundMs(result.ranMs) };
  const content = result.ok ? { value: requireJson(result.value) } : { error: result.error };
  return `${escapeInvisible(JSON.stringify({ line, key, ok, ...content, ...times }))}\n`;
}

/** Describes whatever was thrown, even if it is no error or fights back. */
export function describeError(error: unknown): DescribedError {
  try {
    if (typeof error !== 'object' || error === null || !('message' in error)) {
      return { name: 'Error', message: `not an error was thrown: ${inspect(error)}` };
    }
    const name = 'name' in error ? String(error.name) : 'Error';
    const code = 'code' in error ? error.code : undefined;
    const hasCode = typeof code === 'string' || typeof code === 'number';
    return { name, message: String(error.message), ...(hasCode && { code }) };
  } catch {
    return { name: 'Error', message: 'the error that was thrown can not be described' };
  }
}

/** JSON.stringify would quietly leave these out or write null. @throws TypeError */
export function requireJson(value: unknown): unknown {
  if (value === undefined) return null;
  const isNumber = typeof value === 'number';
  if ((isNumber && !Number.isFinite(value)) || typeof value === 'function' || typeof value === 'symbol') {
    throw new TypeError(`the result is ${isNumber ? String(value) : `a ${typeof value}`}, which JSON can't hold`);
  }
  return value;
}

/** To a tenth: more would be noise. */
function roundMs(durationMs: number): number {
  return Math.round(durationMs * 10) / 10;
}
