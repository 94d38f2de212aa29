/** What `--store` names: a SQLite file, or a queue in Redis. */
import type { Command } from 'commander';
import { FileAccess } from './file-access.ts';
import { isRedisUrl, RedisAccess, withoutPassword } from './redis-access.ts';
import type { StoreAccess } from './store-access.ts';

export interface StoreOptions {
  readonly store: string;
  /** Of a queue in Redis. */
  readonly name?: string;
  readonly prefix?: string;
}

/** @throws Error when there is no such file, or the words make no sense */
export function accessStore({ store, name, prefix }: StoreOptions): StoreAccess {
  if (isRedisUrl(store)) return new RedisAccess({ url: store, name: name ?? 'sessions', prefix: prefix ?? 'bull' });
  if (name !== undefined) throw new Error('--name is for a queue in Redis');
  if (prefix !== undefined) throw new Error('--prefix is for a queue in Redis');
  const scheme = schemeOf(store);
  if (scheme !== undefined) throw new Error(`there is no store for ${scheme} here; expected ${supported}`);
  if (!isPath(store)) throw new Error(`expected ${supported}`);
  return new FileAccess(store);
}

const supported = 'the path of a SQLite file, such as queue.db, or redis://host:port/db';

/** What was given, as it may be shown: the user information of a URL is not. */
export function showStore(store: string): string {
  const scheme = schemeOf(store);
  if (scheme === undefined) return store;
  try {
    return withoutPassword(store);
  } catch {
    return `${scheme}…`;
  }
}

/** Gives the path of a file, which need not be there, for a command that owns its store. */
export function readStorePath(command: Command, text: string): string {
  // Not as Commander does it, which would print the text: a URL may hold a password.
  const refuse = (why: string): never => command.error(`error: can't use --store ${showStore(text)}: ${why}`);
  const scheme = schemeOf(text);
  if (isRedisUrl(text)) {
    return refuse(
      'a run owns its store, and one in Redis is shared. Give the path of a SQLite file, such as queue.db.',
    );
  }
  if (scheme !== undefined) {
    return refuse(`there is no store for ${scheme} here. Give the path of a SQLite file, such as queue.db.`);
  }
  return isPath(text) ? text : refuse('expected the path of a SQLite file.');
}

function isPath(text: string): boolean {
  return text !== '' && !text.startsWith(':');
}

// One letter is a drive of Windows.
function schemeOf(text: string): string | undefined {
  return /^[a-z][\w+.-]+:/i.exec(text)?.[0];
}
