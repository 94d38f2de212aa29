/** The sub-command `doctor`: whether a store is sound, and what it promises as it stands. */
import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { printable } from '../printable.ts';
import { addStoreCommand } from './store-command.ts';
import type { Output, StoreRequest } from './store-command.ts';
import { layOutFact } from './table.ts';

export function addDoctorCommand(program: Command): void {
  addStoreCommand(program, {
    name: 'doctor',
    summary: 'check a store',
    description:
      "Checks a store, and says what is wrong, and what to do. Of a file: SQLite's own integrity check, the checksum of " +
      'every row, the version of its format, who owns it, and how much waits in it. Of Redis: its version, role, memory, ' +
      'persistence and replication, its clock, and what the queue has in it, who runs that, and what nobody does.',
    details: `It only looks, whoever runs the queue meanwhile; a file is read as a whole.

With --json, it writes one object with "ok", "problems" and "warnings". Of a
file also with "version", "fileBytes", "logBytes", "owner", "rows", "waiting",
"since", "delayed", "deadLetters" and "ended"; of Redis with "server", "queue",
"waiting", "since", "delayed", "deadLetters", "idle", "owners" and "listeners".

Exit codes: 0 all is well, or there are only warnings; 1 something is wrong;
2 there is no such file, or Redis can't be asked.`,
    act: examine,
  });
}

async function examine({ store, output }: StoreRequest): Promise<number> {
  const { problems, warnings, rows, facts } = await store.examine();
  const ok = problems.length === 0;
  if (output.isJson) output.printJson({ ok, problems, warnings, ...facts });
  else {
    printRows(output, rows);
    printRows(output, tell('warning', warnings));
    printRows(output, ok ? [['problems', 'none']] : tell('problem', problems));
  }
  return ok ? exitCodes.ok : exitCodes.failed;
}

function tell(label: string, texts: readonly string[]): (readonly [label: string, text: string])[] {
  return texts.map((text) => [label, printable(text, 1_000)] as const);
}

function printRows(output: Output, rows: readonly (readonly [label: string, fact: string | undefined])[]): void {
  for (const [label, fact] of rows) {
    if (fact !== undefined) for (const line of layOutFact(label, fact, output.columns)) output.print(line);
  }
}
