/** The sub-commands `retry` and `drop`: what becomes of the dead letters of a session. */
import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { describeCount } from '../format.ts';
import type { Decision } from './store-access.ts';
import { addStoreCommand } from './store-command.ts';
import type { StoreRequest } from './store-command.ts';
import { showKey, showText } from './table.ts';

const words = [
  ['<key>', 'the session key'],
  ['[id]', 'one dead letter; without it, all of the session'],
] as const;

const details = `A file it needs for itself: while a process runs the queue, that one is named
and nothing is done. A queue in Redis goes on meanwhile.

With --json, it writes an object with "key", "id" and`;

const exits = `Exit codes: 0 done, 1 there was none, 2 the store can't be used, or the file is
owned.`;

export function addRetryCommand(program: Command): void {
  addStoreCommand(program, {
    name: 'retry',
    summary: 'have dead letters run again',
    description:
      'Puts the dead letters of a session, or one of them, back at their old places in line, with all their attempts. ' +
      'Nothing is run: they wait until the queue runs again.',
    words,
    details: `${details} "retried".\n\n${exits}`,
    act: (request) => decide(request, 'retry'),
  });
}

export function addDropCommand(program: Command): void {
  addStoreCommand(program, {
    name: 'drop',
    summary: 'forget dead letters',
    description: 'Forgets the dead letters of a session, or one of them, for good.',
    words,
    details: `${details} "dropped".\n\n${exits}`,
    act: (request) => decide(request, 'drop'),
  });
}

async function decide({ store, words: [key = '', id], output }: StoreRequest, what: Decision): Promise<number> {
  const count = await store.decide(key, id, what);
  const done = what === 'retry' ? 'retried' : 'dropped';
  if (output.isJson) output.printJson({ key, id: id ?? null, [done]: count });
  else output.print(describe(key, id, count, what));
  return count > 0 ? exitCodes.ok : exitCodes.failed;
}

function describe(key: string, id: string | undefined, count: number, what: Decision): string {
  const which = id === undefined ? '' : ` ${showText(id)}`;
  if (count === 0) return `${showKey(key)} has no dead letter${which}`;
  const letters = `${describeCount(count, 'dead letter')} of ${showKey(key)}`;
  if (what === 'drop') return `${letters} forgotten`;
  return `${letters} put back: ${count === 1 ? 'it runs' : 'they run'} when the queue does`;
}
