/**
 * Which turn the running code belongs to. Known only where the runtime has AsyncLocalStorage
 * (Node, Bun, Deno, workers); elsewhere no deadlock is found, and everything else works.
 */
import type { Entry } from './entry.ts';

// The part of AsyncLocalStorage that is called here: core imports no runtime's modules.
interface ContextStorage {
  getStore(): Entry | null | undefined;
  run<Result>(store: Entry | null, callback: () => Result): Result;
  enterWith(store: Entry): void;
}

interface Runtime {
  readonly versions?: { readonly node?: string; readonly bun?: string; readonly deno?: string };
  getBuiltinModule?(id: string): { readonly AsyncLocalStorage: new () => ContextStorage } | undefined;
}

const runtime = (globalThis as { process?: Runtime }).process;
const storage = openStorage();

// enterWith costs half of run, which makes a second context to go back to. Node puts the context
// back by itself after the promise job in which a task is called; other runtimes don't promise that.
const isRestoredAfterJob =
  runtime?.versions?.node !== undefined && runtime.versions.bun === undefined && runtime.versions.deno === undefined;

function openStorage(): ContextStorage | undefined {
  const AsyncLocalStorage = runtime?.getBuiltinModule?.('node:async_hooks')?.AsyncLocalStorage;
  return AsyncLocalStorage === undefined ? undefined : new AsyncLocalStorage();
}

/** The turn whose code runs now, while it holds its lane. */
export function currentTurn(): Entry | undefined {
  const entry = storage?.getStore();
  return entry !== undefined && entry !== null && entry.session.turn === entry ? entry : undefined;
}

/** Calls `callback` as code of the turn. Has to be the last thing that a promise job does with a context. */
export function callInTurn<Result>(entry: Entry, callback: (entry: Entry) => Result): Result {
  if (storage === undefined) return callback(entry);
  if (!isRestoredAfterJob) return storage.run(entry, () => callback(entry));
  storage.enterWith(entry);
  return callback(entry);
}

/**
 * Lets the runtime keep contexts from now on. Node before 24 does so only once a context was
 * entered, and a promise made earlier would carry the first turn's to where it doesn't belong.
 * Later versions need no preparation, and would keep a context behind for everything to copy.
 */
export function prepareTurnContext(): void {
  if (Number.parseInt(runtime?.versions?.node ?? '', 10) < 24) storage?.run(null, () => undefined);
}
