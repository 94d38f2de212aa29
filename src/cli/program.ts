/** The command line: which sub-commands there are, and what is common to them. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { exitCodes } from './exit-codes.ts';
import { addRunCommand } from './run/command.ts';
import { addDoctorCommand } from './store/doctor-command.ts';
import { addDropCommand, addRetryCommand } from './store/letter-commands.ts';
import { addListCommand } from './store/list-command.ts';
import { addShowCommand } from './store/show-command.ts';

/** Runs what the words of a command line ask for, and sets the exit code of the process. */
export async function runProgram(words: readonly string[]): Promise<void> {
  const { own, command } = splitAtDoubleDash(words);
  const program = new Command('tinyclaw-queue')
    .description(
      'One lane per session: what belongs to one session runs strictly in order, different sessions at once.',
    )
    .version(packageVersion())
    .exitOverride();
  addRunCommand(program, command);
  addListCommand(program);
  addShowCommand(program);
  addRetryCommand(program);
  addDropCommand(program);
  addDoctorCommand(program);
  try {
    await program.parseAsync(own, { from: 'user' });
  } catch (error) {
    // Commander has printed the help, the version or what is wrong with the words already.
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
}

/**
 * Keeps the words behind the `--` of `run` apart: they are a command of their own. Commander would
 * not tell `run -- cat` from `run cat`.
 */
function splitAtDoubleDash(words: readonly string[]): { own: readonly string[]; command?: readonly string[] } {
  const at = words.indexOf('--');
  return at === -1 || words[0] !== 'run' ? { own: words } : { own: words.slice(0, at), command: words.slice(at + 1) };
}

function packageVersion(): string {
  const description: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const hasVersion = typeof description === 'object' && description !== null && 'version' in description;
  return hasVersion ? String(description.version) : 'unknown';
}
