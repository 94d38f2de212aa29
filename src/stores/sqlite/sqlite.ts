/** The store for one machine: a SQLite file that one process owns. */
import { show } from '../../core/queue-options.ts';
import type { Store } from '../../core/store.ts';
import { DurableQueue } from '../durable-queue.ts';
import { openJournal } from './sqlite-journal.ts';

export interface SqliteOptions {
  /**
   * Whether a commit waits until the disk has it: `full` (default) survives a power cut; `normal` survives a crash of the
   * process, and may lose the last moments before a power cut.
   */
  readonly synchronous?: 'full' | 'normal' | undefined;
}

/**
 * Keeps entries in a SQLite file. It is made where there is none; its folder must be there. Everything that happens in one pass
 * of the event loop is one transaction in write-ahead mode, and what is told is on the disk.
 *
 * One process at a time owns the file. Needs `node:sqlite` (Node 22.13 or later, Deno) or `bun:sqlite`; no package.
 *
 * @throws Error when the runtime has no SQLite, or when `createSessionQueue` can't open the file: it is owned by another
 * process (whose pid is named), can't be read or written, is damaged, or of a later version. It is never deleted or overwritten.
 */
export function sqlite(path: string, options: SqliteOptions = {}): Store {
  // Whoever calls it may have no types.
  const given: unknown = path;
  if (typeof given !== 'string' || given === '' || given.startsWith('file:')) {
    throw new TypeError(`sqlite: the path is ${show(given)}; expected the path of a file.`);
  }
  if (given === ':memory:') throw new TypeError('sqlite: the path is ":memory:"; use the store memory() instead.');
  const { synchronous = 'full', ...others }: Readonly<Record<string, unknown>> = { ...options };
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new TypeError(`sqlite: there is no option ${JSON.stringify(unknown)}; there is synchronous.`);
  }
  if (synchronous !== 'full' && synchronous !== 'normal') {
    throw new TypeError(`sqlite: synchronous is ${show(synchronous)}; expected 'full' or 'normal'.`);
  }
  return {
    name: `sqlite(${JSON.stringify(path)})`,
    makeQueue: (queueOptions, clock) => {
      const { rememberMs, rememberMax } = queueOptions;
      const journal = openJournal(path, { synchronous, rememberMs, rememberMax }, clock);
      try {
        return new DurableQueue(queueOptions, journal, clock);
      } catch (error) {
        // Options that make no sense, or a row that is damaged: the file is left to others.
        journal.close();
        throw error;
      }
    },
  };
}
