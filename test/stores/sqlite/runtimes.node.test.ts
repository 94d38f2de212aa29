/** What the store says on a runtime that has no SQLite; on all others, the tests beside this one run. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { createSessionQueue } from '#src/index.ts';
import { sqlite } from '#src/stores/sqlite/index.ts';

import { makeFolder, messageOf, skip } from './parts.ts';

describe('a runtime without SQLite', { skip: skip === false && 'this runtime has SQLite' }, () => {
  it('loads the store, and says what to use instead when a queue is made', () => {
    const path = join(makeFolder(), 'queue.db');
    const store = sqlite(path);
    assert.match(
      messageOf(() => createSessionQueue({ run: () => undefined, store })),
      /^sqlite: this runtime \((Node|Bun|Deno) [\d.]+\) has no SQLite\. Use Node 22\.13 or later, Deno 2\.2 or later, or Bun; or leave out the store/,
    );
    assert.equal(existsSync(path), false);
  });
});

describe('what a file is opened with', () => {
  it('is refused at once where it makes no sense', () => {
    for (const [path, message] of [
      ['', /the path is ""; expected the path of a file/],
      ['file:queue.db?mode=memory', /the path is "file:queue/],
      [':memory:', /use the store memory\(\) instead/],
    ] as const) {
      assert.throws(() => sqlite(path), { name: 'TypeError', message });
    }
    const options = { synchronous: 'off' };
    assert.throws(() => Reflect.apply(sqlite, undefined, ['queue.db', options]), {
      message: `sqlite: synchronous is "off"; expected 'full' or 'normal'.`,
    });
    assert.throws(() => Reflect.apply(sqlite, undefined, ['queue.db', { sync: 'full' }]), {
      message: 'sqlite: there is no option "sync"; there is synchronous.',
    });
  });
});
