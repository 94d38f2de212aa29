/**
 * Which process owns a file. The lock is SQLite's own, on a small file beside it that is never written: the system lets go of
 * it when the process ends, however it ends. Who owns it stands in the queue's file, which can be read by others meanwhile.
 */
import { openDatabase } from './driver.ts';
import type { Database } from './driver.ts';

/** Held until it is closed; undefined when another process, or this one, has it. */
export function takeOwnership(path: string): Database | undefined {
  const lock = openDatabase(`${path}-lock`);
  try {
    lock.run('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && /locked|busy/i.test(error.message);
}
