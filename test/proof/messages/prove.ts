/** Proves a queue of messages: generated programs, each history checked against every rule. */
import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import { DurableQueue } from '#src/stores/durable-queue.ts';
import type { Journal } from '#src/stores/journal.ts';

import { wrong } from '../../core/stage.ts';
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

/** The same queue with a store, which has to keep every rule, too. What it stores is nobody's to read. */
export const makeStoredQueue: MessageQueueFactory = ({ settings, policy, run, onDrop, onFault }, clock) => {
  const codec = { encode: () => 'as it is', decode: () => undefined };
  const store = { name: 'nothing', makeQueue: () => undefined };
  const options = { ...settings, run, onDrop, policy: makePolicy(policy, onFault), codec, store };
  return wrong(new DurableQueue(wrong(options), new NoJournal(), clock));
};

class NoJournal implements Journal {
  readonly name = 'nothing';
  readonly isSlow = false;
  readonly lastNumber = 0;
  readonly lastEpoch = 0;
  load(): [] {
    return [];
  }
  commit(): void {}
  findEnded(): undefined {}
  deadLetters(): [] {
    return [];
  }
  close(): void {}
}

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
