/** The store in memory, by the suite of all stores. */
import { test } from 'node:test';

import { memory } from '#src/stores/memory.ts';
import { testStore } from '#src/testing/index.ts';

testStore((name, run) => test(name, run), {
  name: 'memory',
  makeStore: () => {
    const store = memory();
    return { store, again: () => store };
  },
  lacks: { crash: 'what it has is lost with the process' },
});
