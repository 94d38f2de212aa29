/** What the commands that look into a store have in common: what they look into, how they fail, and how they write. */
import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { escapeInvisible, printable } from '../printable.ts';
import { describeError } from '../run/result.ts';
import type { StoreAccess } from './store-access.ts';
import { accessStore, showStore } from './store-option.ts';
import type { StoreOptions } from './store-option.ts';

export interface StoreCommand {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** The words behind the name, and what the help says of them. */
  readonly words?: readonly (readonly [word: string, meaning: string])[];
  /** Ends the help. */
  readonly details: string;
  /** Does it, and gives the exit code. */
  readonly act: (request: StoreRequest) => Promise<number>;
}

export interface StoreRequest {
  readonly store: StoreAccess;
  /** What was said for {@link StoreCommand.words}. */
  readonly words: readonly (string | undefined)[];
  readonly output: Output;
}

export interface Output {
  /** Values are asked for, and no text. */
  readonly isJson: boolean;
  /** Of the terminal; where it is none, nothing is cut. */
  readonly columns: number;
  print(line: string): void;
  printJson(value: object): void;
}

export function addStoreCommand(program: Command, command: StoreCommand): void {
  const { name, summary, description, words = [], details, act } = command;
  const added = program
    .command(name)
    .summary(summary)
    .description(description)
    .usage(['--store <store> [options]', ...words.map(([word]) => word)].join(' '))
    .requiredOption('--store <store>', 'what the entries are in: a SQLite file, or redis://host:port/db')
    .option('--name <name>', 'of a queue in Redis, as given to bullmq() (default: "sessions")')
    .option('--prefix <prefix>', 'of a queue in Redis, as given to bullmq() (default: "bull")')
    .option('--json', 'writes JSON, one object a line')
    .addHelpText('after', `\n${details}`);
  for (const [word, meaning] of words) added.argument(word, meaning);
  added.action(async () => {
    const { json = false, ...options } = added.opts<StoreOptions & { readonly json?: boolean }>();
    // Who reads it may have seen enough (`| head`).
    process.stdout.on('error', () => process.exit(exitCodes.brokenPipe));
    try {
      process.exitCode = await act({ store: accessStore(options), words: added.args, output: outputOf(json) });
    } catch (error) {
      const what = `can't use --store ${showStore(options.store)}: ${describeError(error).message}`;
      added.error(`error: ${printable(what, 1_000)}`);
    }
  });
}

function outputOf(isJson: boolean): Output {
  const { stdout } = process;
  // As in terminal.ts: the terminal itself cuts what is wider than it, because of characters whose width only it knows.
  const isTerminal = stdout.isTTY && process.env['TERM'] !== 'dumb';
  return {
    isJson,
    columns: stdout.isTTY ? stdout.columns || 80 : Infinity,
    print: (line) => void stdout.write(isTerminal ? `\u001b[?7l${line}\u001b[?7h\n` : `${line}\n`),
    printJson: (value) => void stdout.write(`${escapeInvisible(JSON.stringify(value))}\n`),
  };
}
