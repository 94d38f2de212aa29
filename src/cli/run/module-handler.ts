/** A handler that is a JavaScript module: its default export is called with each line's value. */
import { Console } from 'node:console';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import type { Turn } from '../../core/session-queue.ts';
import type { Handler } from './handler.ts';

/**
 * Loads the module at `path`. Its `console` writes to `log`, because standard output carries the
 * results.
 *
 * @throws TypeError when its default export is no function; whatever its loading throws.
 */
export async function loadModuleHandler(path: string, log: Writable): Promise<Handler> {
  globalThis.console = new Console(log);
  const loaded: unknown = await import(pathToFileURL(resolve(path)).href);
  const handle = typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : undefined;
  if (!isHandle(handle)) {
    throw new TypeError(`expected its default export to be a function (value, turn) => result, got ${typeof handle}`);
  }
  return ({ value }) =>
    (turn) =>
      handle(value, turn);
}

function isHandle(value: unknown): value is (value: unknown, turn: Turn) => unknown {
  return typeof value === 'function';
}
