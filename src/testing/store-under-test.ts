/** What the suite is told of the store that it tests. */
import type { Store } from '../core/store.ts';

/** A store, how fresh ones are made, and what it can't do. */
export interface StoreUnderTest {
  /** Begins the name of every test. */
  readonly name: string;
  /** Makes a store with nothing in it; called once for each test. */
  readonly makeStore: () => StoreFixture | Promise<StoreFixture>;
  /** What the store can't do, each with the reason, which the skipped tests are named with. */
  readonly lacks?: { readonly [What in Capability]?: string };
}

/** One store of one test. */
export interface StoreFixture {
  readonly store: Store;
  /** A store on the same data, as the next process makes it. The queue of the one before was closed. */
  again(): Store | Promise<Store>;
  /**
   * A store on the data as they are now, as if the process died at this moment: the queue that has the store was not closed, and
   * whatever it still does must not get into them. Needed unless the store lacks `crash`.
   */
  crash?(): Store | Promise<Store>;
  /** Leaves nothing behind. Called when every queue of the test was closed. */
  dispose?(): void | Promise<void>;
}

/** Something that a store may lack. */
export type Capability =
  /** Turns run in the async context of their `enqueue`. */
  | 'context'
  /** One queue at a time has the data. */
  | 'exclusive'
  /** What was enqueued is in this process's line at once, so that its policy and `inspect` see it. */
  | 'local'
  /** All that is stored is read when the queue is made. */
  | 'reading'
  /** Entries survive a queue that was closed. */
  | 'restart'
  /** Entries survive a queue that was not. */
  | 'crash'
  /** `attempts` and `backoff`. */
  | 'attempts'
  | 'deadLetters'
  /** `onFailure: 'block'`. */
  | 'block'
  /** `delayMs` and `at`. */
  | 'delay'
  | 'priority'
  /** `concurrency`. */
  | 'concurrency'
  | 'policy'
  /** `turn.take()`. */
  | 'take'
  /** `turn.receive()`. */
  | 'receive';

/** How a test is registered: `test` of node:test, vitest or bun:test. */
export interface TestFunction {
  (name: string, run: () => Promise<void>): unknown;
  /** Where there is none, what is skipped is registered as a test that does nothing. */
  readonly skip?: (name: string, run: () => Promise<void>) => unknown;
}
