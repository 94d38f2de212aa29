/** The sub-command `show`: what one session has in a store. */
import type { Command } from 'commander';
import type { StoredDeadLetter, StoredEntry } from '../../stores/journal.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatAge, formatCount } from '../format.ts';
import { printable } from '../printable.ts';
import { addStoreCommand } from './store-command.ts';
import type { Output, StoreRequest } from './store-command.ts';
import { cutLine, layOut, showKey, showText } from './table.ts';

export function addShowCommand(program: Command): void {
  addStoreCommand(program, {
    name: 'show',
    summary: 'show what one session has in a store',
    description:
      "Shows a session's entries, in the order of its line, then those that are delayed, then its dead letters with " +
      'the errors of their last attempts.',
    words: [['<key>', 'the session key']],
    details: `States: waiting; started (a turn has begun with it, which runs or was cut off);
delayed; dead (it has failed for good, see retry and drop).

It only looks, whoever runs the queue meanwhile.

With --json, each entry is an object with "key", "id", "state", "attempts",
"enqueued", "due", "failed", "error" and "message", which is the text as stored.

Exit codes: 0 always, but 2 where the store can't be read.`,
    act: show,
  });
}

async function show({ store, words, output }: StoreRequest): Promise<number> {
  const [key = ''] = words;
  const reader = await store.open();
  try {
    if (output.isJson) {
      for await (const entry of reader.entries(key)) output.printJson(toJson(entry));
      for await (const letter of reader.deadLetters(key)) output.printJson(toJson(letter));
      return exitCodes.ok;
    }
    const nowMs = Date.now();
    const rows: Row[] = [];
    for await (const entry of reader.entries(key)) rows.push(toRow(entry, nowMs));
    for await (const letter of reader.deadLetters(key)) rows.push(toRow(letter, nowMs));
    if (rows.length === 0) output.print(`${showKey(key)} has nothing in ${printable(store.name)}`);
    else printRows(rows, output);
    return exitCodes.ok;
  } finally {
    reader.close();
  }
}

function printRows(rows: readonly Row[], output: Output): void {
  const cells = rows.map((row) => row.cells);
  for (const [at, line] of layOut(columns, cells, output.columns).entries()) {
    output.print(line);
    const { remark } = rows[at - 1] ?? {};
    if (remark !== undefined) output.print(cutLine(`  ${remark}`, output.columns));
  }
}

const columns = [
  { title: 'STATE' },
  { title: 'AGE', isNumber: true },
  { title: 'ATTEMPTS', isNumber: true },
  { title: 'ID' },
  { title: 'MESSAGE' },
];

interface Row {
  readonly cells: readonly string[];
  /** Stands below. */
  readonly remark: string | undefined;
}

// Only what is shown of a message is kept, however many there are.
function toRow(entry: StoredEntry | StoredDeadLetter, nowMs: number): Row {
  const { id, message, enqueuedMs, attempt } = entry;
  return {
    cells: [
      stateOf(entry),
      formatAge(nowMs - enqueuedMs),
      formatCount(attempt),
      showText(id),
      printable(message, longestMessage),
    ],
    remark: remarkOf(entry, nowMs),
  };
}

const longestMessage = 200;

function remarkOf(entry: StoredEntry | StoredDeadLetter, nowMs: number): string | undefined {
  if ('failedMs' in entry) {
    const { name, message, code } = entry.error;
    const what = code === undefined ? name : `${name} (${code})`;
    return printable(`${formatAge(nowMs - entry.failedMs)} ago: ${what}: ${message}`);
  }
  return entry.dueMs === undefined ? undefined : `takes its place in ${formatAge(entry.dueMs - nowMs)}`;
}

function stateOf(entry: StoredEntry | StoredDeadLetter): 'waiting' | 'started' | 'delayed' | 'dead' {
  if ('failedMs' in entry) return 'dead';
  if (entry.dueMs !== undefined) return 'delayed';
  return entry.attempt > entry.failures ? 'started' : 'waiting';
}

function toJson(entry: StoredEntry | StoredDeadLetter): object {
  const { key, id, message, enqueuedMs, dueMs, attempt } = entry;
  const isDead = 'failedMs' in entry;
  return {
    key,
    id,
    state: stateOf(entry),
    attempts: attempt,
    enqueued: new Date(enqueuedMs).toISOString(),
    due: dueMs === undefined ? null : new Date(dueMs).toISOString(),
    failed: isDead ? new Date(entry.failedMs).toISOString() : null,
    error: isDead ? entry.error : null,
    message,
  };
}
