/** One test of the suite. */
import type { Stage } from './stage.ts';
import type { Capability } from './store-under-test.ts';

export interface Case {
  /** A sentence about behaviour, whose subject is the store. */
  readonly says: string;
  readonly needs?: readonly Capability[];
  /** Why it can't be tested on this runtime, if so. */
  readonly whyNot?: () => string | undefined;
  readonly run: (stage: Stage) => Promise<void>;
}
