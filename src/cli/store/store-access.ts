/** What the commands do with a store, whether it is a file or a queue in Redis. */
import type { StoreReader } from '../../stores/reader.ts';

export interface StoreAccess {
  /** As the user gave it, without any password. */
  readonly name: string;
  /** Opens it to look. */
  open(): Promise<StoreReader>;
  /** Retries or drops the dead letters of a session, or one, and gives how many there were. */
  decide(key: string, id: string | undefined, what: Decision): Promise<number>;
  examine(): Promise<Diagnosis>;
}

export type Decision = 'retry' | 'drop';

/** What `doctor` says. */
export interface Diagnosis {
  /** What is wrong, and what to do. */
  readonly problems: readonly string[];
  /** What may be meant, but has a price. */
  readonly warnings: readonly string[];
  /** As a person reads it; what is not known is left out. */
  readonly rows: readonly (readonly [label: string, fact: string | undefined])[];
  /** The same for a program. */
  readonly facts: Readonly<Record<string, unknown>>;
}
