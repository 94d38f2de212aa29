/** One process at a time owns a file; others may look. */
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { createSessionQueue } from '#src/index.ts';
import type { MessageTurn } from '#src/index.ts';
import { readFacts } from '#src/stores/sqlite/facts.ts';
import { sqlite } from '#src/stores/sqlite/index.ts';
import { openToRead } from '#src/stores/sqlite/open-file.ts';

import { makeFolder, messageOf, runProgram, skip, startProgram } from './parts.ts';

describe('the ownership of a file', { skip }, () => {
  it('is refused while another process has it, whose pid is named, and is free when that was killed', async () => {
    const path = join(makeFolder(), 'queue.db');
    const owner = startProgram('open', [path, 'hold']);
    await owner.written(1);
    assert.deepEqual(owner.lines, ['open']);
    assert.equal(
      messageOf(() => open(path)),
      `sqlite: ${JSON.stringify(path)} is owned by the process ${owner.process.pid}. Let that one end, or close its ` +
        'queue; `tinyclaw-queue ls --store` may look at it meanwhile.',
    );
    owner.process.kill('SIGKILL');
    await owner.ended;
    const queue = open(path);
    assert.equal(await queue.ticket('ada', 'left'), 'hello');
    await queue.close();
  });

  it('is refused to another queue of the same process, until the first is closed', async () => {
    const path = join(makeFolder(), 'queue.db');
    const queue = open(path);
    assert.match(
      messageOf(() => open(path)),
      new RegExp(`is owned by another queue of this process, ${process.pid}\\. `),
    );
    // That it was tried changes nothing for who has it.
    assert.match((await runProgram<{ error: string }>('open', [path])).error, /is owned by the process/);
    await queue.close();
    await open(path).close();
  });

  it('is of the file, by whatever name it is opened', async () => {
    const folder = makeFolder();
    const path = join(folder, 'queue.db');
    const queue = open(path);
    symlinkSync(path, join(folder, 'link.db'));
    assert.match(
      messageOf(() => open(join(folder, 'link.db'))),
      /is owned by/,
    );
    await queue.close();
  });

  it('lets others read meanwhile', async () => {
    const path = join(makeFolder(), 'queue.db');
    const owner = startProgram('open', [path, 'hold']);
    await owner.written(1);
    const database = openToRead(path);
    assert.equal(readFacts(database, path).pid, owner.process.pid);
    const row = database.prepare('SELECT key, id FROM entries').get();
    assert.deepEqual([row?.['key'], row?.['id']], ['"ada"', '"left"']);
    assert.throws(() => database.run('DELETE FROM entries'), /readonly/);
    database.close();
    owner.process.kill('SIGKILL');
    await owner.ended;
  });

  it('is given back when the queue could not be made', async () => {
    const path = join(makeFolder(), 'queue.db');
    const options = { run: (turn: MessageTurn<string>) => turn.input, store: sqlite(path) };
    assert.throws(() => createSessionQueue({ ...options, attempts: 0 }), RangeError);
    await open(path).close();
  });
});

function open(path: string) {
  return createSessionQueue({ run: (turn: MessageTurn<string>) => turn.input, store: sqlite(path) });
}
