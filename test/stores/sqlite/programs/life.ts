/**
 * One life of a queue that is killed: it runs what it finds, and enqueues more. What happens is written to stdout, one line each,
 * and each when it is told: `accepted key id`, `started key id`, `done key id value`. The arguments are the file, the number of
 * this life, and how many entries it enqueues; when those are 0 it ends by itself, when nothing is left.
 */
import { writeSync } from 'node:fs';

import { createSessionQueue } from '#src/index.ts';
import type { MessageTurn } from '#src/index.ts';
import { sqlite } from '#src/stores/sqlite/index.ts';

const [path = '', life = '0', count = '0'] = process.argv.slice(2);
const sessions = ['ada', 'bob', 'cyd', 'dan', 'eve'];

// Not process.stdout, which may keep lines that a kill would take along.
function tell(...words: readonly string[]): void {
  writeSync(1, `${words.join(' ')}\n`);
}

async function run({ key, id, input }: MessageTurn<number>): Promise<number> {
  tell('started', key, id);
  // Some end in the commit that they arrive with, some in a later one.
  if (input % 3 === 1) await new Promise((resolve) => setImmediate(resolve));
  if (input % 3 === 2) await new Promise((resolve) => setTimeout(resolve, input % 5));
  return input;
}

const queue = createSessionQueue({ run, store: sqlite(path), rememberMs: Infinity, rememberMax: 1_000_000 });
queue.subscribe((event) => {
  if (event.type === 'settled') tell(event.outcome, event.key, event.id);
});

let next = 0;

async function enqueueAll(client: number): Promise<void> {
  while (next < Number(count)) {
    const index = next;
    next += 1;
    const key = sessions[index % sessions.length] ?? '';
    const ticket = queue.enqueue(key, index, { id: `${life}-${index}` });
    await ticket.accepted;
    tell('accepted', key, ticket.id);
    // Some clients wait, so that lines are short, and others don't, so that they are long.
    if (client % 2 === 0) await ticket;
  }
}

await Promise.all(Array.from({ length: 8 }, (_, client) => enqueueAll(client)));
await queue.drained();
await queue.close();
