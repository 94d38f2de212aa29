/** The sub-command `ls`: which sessions have something in a store. */
import type { Command } from 'commander';
import type { SessionRow } from '../../stores/reader.ts';
import { exitCodes } from '../exit-codes.ts';
import { describeCount, formatAge, formatCount } from '../format.ts';
import { printable } from '../printable.ts';
import { addStoreCommand } from './store-command.ts';
import type { StoreRequest } from './store-command.ts';
import { layOut, showKey } from './table.ts';

export function addListCommand(program: Command): void {
  addStoreCommand(program, {
    name: 'ls',
    summary: 'list the sessions of a store',
    description:
      'Lists the sessions that have something in a store: how many entries wait, and for how long, how many are ' +
      'delayed, and how many dead letters there are. Those that wait longest come first.',
    details: `It only looks, whoever runs the queue meanwhile.

With --json, each session is an object with "key", "waiting", "since" (when the
oldest of those was enqueued), "delayed", "next" (when the next of those takes
its place) and "deadLetters".

Exit codes: 0 always, but 2 where the store can't be read.`,
    act: list,
  });
}

async function list({ store, output }: StoreRequest): Promise<number> {
  const reader = await store.open();
  try {
    if (output.isJson) {
      for await (const session of reader.sessions()) output.printJson(toJson(session));
      return exitCodes.ok;
    }
    const nowMs = Date.now();
    const rows: string[][] = [];
    const sums = { waiting: 0, delayed: 0, deadLetters: 0 };
    for await (const session of reader.sessions()) {
      rows.push(toRow(session, nowMs));
      sums.waiting += session.waiting;
      sums.delayed += session.delayed;
      sums.deadLetters += session.deadLetters;
    }
    if (rows.length > 0) for (const line of layOut(columns, rows, output.columns)) output.print(line);
    const what = [
      describeCount(rows.length, 'session'),
      `${formatCount(sums.waiting)} waiting`,
      `${formatCount(sums.delayed)} delayed`,
      describeCount(sums.deadLetters, 'dead letter'),
    ];
    output.print(rows.length === 0 ? `nothing waits in ${printable(store.name)}` : `\n${what.join(', ')}`);
    return exitCodes.ok;
  } finally {
    reader.close();
  }
}

const columns = [
  { title: 'WAITING', isNumber: true },
  { title: 'OLDEST', isNumber: true },
  { title: 'DELAYED', isNumber: true },
  { title: 'NEXT IN', isNumber: true },
  { title: 'DEAD', isNumber: true },
  { title: 'SESSION' },
];

function toRow({ key, waiting, oldestMs, delayed, nextMs, deadLetters }: SessionRow, nowMs: number): string[] {
  return [
    formatCount(waiting),
    oldestMs === undefined ? '' : formatAge(nowMs - oldestMs),
    formatCount(delayed),
    nextMs === undefined ? '' : formatAge(nextMs - nowMs),
    formatCount(deadLetters),
    showKey(key),
  ];
}

function toJson({ key, waiting, oldestMs, delayed, nextMs, deadLetters }: SessionRow): object {
  return { key, waiting, since: toTime(oldestMs), delayed, next: toTime(nextMs), deadLetters };
}

function toTime(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : new Date(timeMs).toISOString();
}
