/** What is known of the file as a whole, whatever is in it. */
import type { Database } from './driver.ts';
import { checksumOf, damaged } from './rows.ts';

export interface Facts {
  /** Of all lives so far: no number above the first, and no epoch above the second, was ever used. */
  readonly lastNumber: number;
  readonly lastEpoch: number;
  /** Of the process that has opened it last. */
  readonly pid: number;
}

/** @throws Error when one is damaged */
export function readFacts(database: Database, path: string): Facts {
  const statement = database.prepare('SELECT value, checksum FROM facts WHERE name = ?');
  const read = (name: keyof Facts): number => {
    const row = statement.get(name);
    const value = Number(row?.['value']);
    if (row?.['checksum'] !== checksumOf(name, value)) throw damaged(path, 'facts', name);
    return value;
  };
  return { lastNumber: read('lastNumber'), lastEpoch: read('lastEpoch'), pid: read('pid') };
}

export function writeFact(database: Database, name: keyof Facts, value: number): void {
  database.prepare('UPDATE facts SET value = ?, checksum = ? WHERE name = ?').run(value, checksumOf(name, value), name);
}
