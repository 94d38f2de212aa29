/** @tinyclaw/queue/testing: the suite that every store has to pass. */
export { testStore } from './test-store.ts';
export type { Capability, StoreFixture, StoreUnderTest, TestFunction } from './store-under-test.ts';
