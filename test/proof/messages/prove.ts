/** Proves a queue of messages: generated programs, each history checked against every rule. */
import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import { searchProof } from '../prove.ts';
import type { Counterexample, Search } from '../prove.ts';
import { checkMessages } from './check.ts';
import { makePolicy } from './policy-plans.ts';
import { messagePrograms } from './programs.ts';
import type { MessageQueueFactory } from './recorder.ts';
import { runMessageProgram } from './run-program.ts';
import { showMessageProgram } from './show-program.ts';

/** The queue itself. */
export const makeRealQueue: MessageQueueFactory = ({ settings, policy, run, onDrop, onFault }, clock) =>
  createQueueWithClock({ ...settings, run, onDrop, policy: makePolicy(policy, onFault) }, clock);

/** Searches for a program that makes the queue break a rule; undefined when there was none. */
export function findMessageCounterexample(
  make: MessageQueueFactory,
  search: Search,
): Promise<Counterexample | undefined> {
  return searchProof(
    {
      programs: messagePrograms,
      run: (program, scheduler) => runMessageProgram(make, program, scheduler),
      check: checkMessages,
      show: showMessageProgram,
    },
    search,
  );
}
