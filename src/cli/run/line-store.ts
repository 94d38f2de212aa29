/** Opens the store of a run, and finds out which lines it knows. */
import { existsSync } from 'node:fs';
import { Reader } from '../../stores/sqlite/reader.ts';
import { sqlite } from '../../stores/sqlite/sqlite.ts';
import { requireFile } from '../store/file-access.ts';
import { LineTable, numberIn } from './line-id.ts';
import type { LineStore } from './stored-lines.ts';

/**
 * The file is made when the queue is, if there is none.
 *
 * @throws Error when it can't be read, or has entries that are no lines of a run.
 */
export function openLineStore(path: string, attempts: number): LineStore {
  const known = new LineTable();
  const waiting = new Map<string, string>();
  const lines = { name: path, store: sqlite(path), known, waiting, attempts };
  if (!existsSync(path)) return lines;
  requireFile(path);
  const reader = new Reader(path);
  try {
    for (const { key, id, hasEnded } of reader.names()) {
      if (numberIn(id) === undefined) {
        throw new Error('it has entries of another program, which this handler must not be given');
      }
      known.add(id);
      if (!hasEnded) waiting.set(id, key);
    }
  } finally {
    reader.close();
  }
  return lines;
}
