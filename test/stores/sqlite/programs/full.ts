/**
 * A queue whose disk gets full, and has room again. Writes what happened as JSON. The arguments are the folder with little room,
 * and how room is made: `remove` a file in it, or `raise` the limit of the process.
 */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { createSessionQueue, QueueError } from '#src/index.ts';
import type { MessageTurn, Ticket } from '#src/index.ts';
import { sqlite } from '#src/stores/sqlite/index.ts';

export interface FullReport {
  /** Codes of what could not be stored, and the first of the messages. */
  readonly refused: readonly string[];
  readonly refusal: string;
  /** Of the session whose first turn has ended on a full disk: what has started, and how many are pending. */
  readonly startedWhileFull: readonly string[];
  readonly pendingWhileFull: number;
  /** What its callers were told by then. */
  readonly toldWhileFull: readonly string[];
  readonly startedInTheEnd: readonly string[];
  readonly toldInTheEnd: readonly string[];
  /** What was accepted of the other session, and what of it has run, in that order. */
  readonly accepted: readonly string[];
  readonly ran: readonly string[];
  /** After a restart. */
  readonly pendingInTheNextLife: number;
  readonly knownInTheNextLife: string;
}

const [folder = '', way = ''] = process.argv.slice(2);
const path = join(folder, 'queue.db');
const ballast = join(folder, 'ballast');
writeFileSync(ballast, new Uint8Array(way === 'remove' ? 600_000 : 0));

const started: string[] = [];
const ran: string[] = [];
const told: string[] = [];
let openGate: (() => void) | undefined;
const gate = new Promise<void>((resolve) => {
  openGate = resolve;
});

async function run({ key, id }: MessageTurn<string>): Promise<string> {
  if (key === 'many') ran.push(id);
  else started.push(id);
  if (id === 'first') await gate;
  return id;
}

const queue = createSessionQueue({ run, store: sqlite(path) });

function enqueue(key: string, id: string, text: string): Ticket<string> {
  const ticket = queue.enqueue(key, text, { id });
  void ticket.outcome.then((outcome) => told.push(`${id} ${outcome.type}`));
  return ticket;
}

const first = enqueue('one', 'first', '');
await first.accepted;
const second = enqueue('one', 'second', '');
await second.accepted;
queue.pause('many');

const accepted: string[] = [];
const refusals: QueueError[] = [];

async function fill(length: number): Promise<void> {
  try {
    for (let index = 0; ; index += 1) {
      const ticket = queue.enqueue('many', 'x'.repeat(length), { id: `${length} ${index}` });
      await ticket.accepted;
      accepted.push(ticket.id);
    }
  } catch (error) {
    if (error instanceof QueueError) refusals.push(error);
  }
}

// Big ones first, so that in the end there is room for nothing at all.
for (const length of [30_000, 3000, 10]) await fill(length);

openGate?.();
// Far beyond what a turn and a commit take; the queue itself tries again every second.
await new Promise((resolve) => setTimeout(resolve, 300));
const startedWhileFull = [...started];
const toldWhileFull = [...told];
const pendingWhileFull = queue.pending('one');

if (way === 'remove') rmSync(ballast);
else execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=unlimited:unlimited']);
await first;
await second;
queue.resume('many');
await queue.drained();
await queue.close();

const next = createSessionQueue({ run, store: sqlite(path) });
const outcome = await next.ticket('one', 'first').outcome;
const report: FullReport = {
  refused: refusals.map(({ code }) => code),
  refusal: refusals[0]?.message ?? '',
  startedWhileFull,
  pendingWhileFull,
  toldWhileFull,
  startedInTheEnd: started,
  toldInTheEnd: told,
  accepted,
  ran,
  pendingInTheNextLife: next.pending(),
  knownInTheNextLife: outcome.type,
};
await next.close();
console.log(JSON.stringify(report));
