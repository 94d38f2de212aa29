/** A folder with an input, a store, and a note of what a handler was run for. */
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fixture, makeFolder, runCli, startCli, toJsonLines } from './cli-process.ts';
import type { CliProcess, Ended } from './cli-process.ts';

/** Why tests of stores are skipped, if they are. */
export const skipsStores: string | false = isBuiltin('node:sqlite') ? false : 'this Node has no SQLite';

/** A start that the handler record.js has written down. */
export interface Start {
  readonly key: string;
  readonly n: number;
  readonly attempt: number;
}

export class Bench {
  readonly cwd: string;
  readonly env: { readonly RUNS_FILE: string };
  /** The words of a run that has the store, and writes its starts down. */
  readonly words: readonly string[];

  constructor(cwd: string) {
    this.cwd = cwd;
    this.env = { RUNS_FILE: join(cwd, 'runs.jsonl') };
    this.words = ['run', 'in.jsonl', '--key', '.k', '--store', 'queue.db', '--handler', fixture('record.js')];
  }

  async write(values: readonly unknown[]): Promise<void> {
    await writeFile(join(this.cwd, 'in.jsonl'), toJsonLines(values));
  }

  run(...more: readonly string[]): Promise<Ended> {
    return this.cli(...this.words, ...more);
  }

  start(...more: readonly string[]): CliProcess {
    return startCli([...this.words, ...more], { cwd: this.cwd, env: this.env });
  }

  /** Any sub-command; `--store queue.db` has to be said. */
  cli(...words: readonly string[]): Promise<Ended> {
    return runCli(words, { cwd: this.cwd, env: this.env });
  }

  async starts(): Promise<Start[]> {
    const { RUNS_FILE } = this.env;
    const text = existsSync(RUNS_FILE) ? await readFile(RUNS_FILE, 'utf8') : '';
    return text
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line) as Start);
  }

  /** Resolves when the handler has written so much down. */
  async untilStarts(bytes: number): Promise<void> {
    const { RUNS_FILE } = this.env;
    while (!existsSync(RUNS_FILE) || (await stat(RUNS_FILE)).size < bytes) await delay(5);
  }
}

export async function makeBench(context: TestContext): Promise<Bench> {
  return new Bench(await makeFolder(context));
}

/** The objects that a command has written, one a line. */
export function parseObjects(output: string): Readonly<Record<string, unknown>>[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}
