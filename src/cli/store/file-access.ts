/** A SQLite file, as the commands use it. */
import { statSync } from 'node:fs';
import { systemClock } from '../../core/clock.ts';
import { Reader } from '../../stores/sqlite/reader.ts';
import { openJournal } from '../../stores/sqlite/sqlite-journal.ts';
import { diagnoseFile } from './file-diagnosis.ts';
import type { Decision, Diagnosis, StoreAccess } from './store-access.ts';

export class FileAccess implements StoreAccess {
  readonly name: string;

  /** @throws Error when there is no such file */
  constructor(path: string) {
    requireFile(path);
    this.name = path;
  }

  async open(): Promise<Reader> {
    return new Reader(this.name);
  }

  async decide(key: string, id: string | undefined, what: Decision): Promise<number> {
    // What else is in the file is left as it is: nothing is forgotten that the queue still knows.
    const options = { synchronous: 'full', rememberMs: Infinity, rememberMax: Infinity } as const;
    const journal = openJournal(this.name, options, systemClock);
    try {
      const letters = journal.deadLetters(key).filter((letter) => id === undefined || letter.id === id);
      const type = what === 'retry' ? 'revive' : 'discard';
      if (letters.length > 0) journal.commit(letters.map(({ number }) => ({ type, number })));
      return letters.length;
    } finally {
      journal.close();
    }
  }

  async examine(): Promise<Diagnosis> {
    return diagnoseFile(this.name);
  }
}

/** @throws Error when there is no such file: looking at one must not make it */
export function requireFile(path: string): void {
  if (!statSync(path).isFile()) throw new Error('it is no file');
}
