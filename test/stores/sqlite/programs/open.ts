/**
 * Opens the file that is its argument, and writes as JSON what came of it. With `hold` behind it, it says `open` and then keeps
 * the file, with one entry that waits, until it is killed.
 */
import { writeSync } from 'node:fs';

import { createSessionQueue } from '#src/index.ts';
import { sqlite } from '#src/stores/sqlite/index.ts';

const [path = '', mode] = process.argv.slice(2);

try {
  const queue = createSessionQueue({ run: (turn) => turn.input, store: sqlite(path) });
  if (mode === 'hold') {
    queue.pause();
    await queue.enqueue('ada', 'hello', { id: 'left' }).accepted;
    writeSync(1, 'open\n');
    // A queue that nobody holds may be collected, and lets go of its file then.
    setInterval(() => queue.pending(), 60_000);
  } else {
    await queue.close();
    writeSync(1, JSON.stringify({ error: null }));
  }
} catch (error) {
  writeSync(1, JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
}
