/**
 * Proves a queue: runs generated programs on it and checks every history. What fails is made small
 * and told with everything that is needed to see it again.
 */
import fc from 'fast-check';
import { check } from './check.ts';
import { showEvent } from './history.ts';
import { programs } from './programs.ts';
import type { Violation } from './rule.ts';
import { runProgram } from './run-program.ts';
import type { QueueFactory, TaskScheduler } from './run-program.ts';
import { showProgram } from './show-program.ts';

export interface Search {
  /** How many programs to run. */
  readonly runs: number;
  readonly seed: number;
  /** Where a failing program was found before, to run it alone. */
  readonly path?: string | undefined;
  /** Stops at the first failing program, as large as it is. */
  readonly isQuick?: boolean;
  /** Which violations count; all of them unless told otherwise. */
  readonly counts?: (violation: Violation) => boolean;
}

/** A program under which a queue breaks a rule. */
export interface Counterexample {
  /** How many programs were run until it was found. */
  readonly foundAfter: number;
  readonly violations: readonly Violation[];
  /** The whole story, to print. */
  readonly report: string;
}

/** What a proof is made of: the programs, how one is run, and how its history is checked and shown. */
export interface Proof<Program, History extends ShownHistory> {
  readonly programs: fc.Arbitrary<Program>;
  readonly run: (program: Program, scheduler: TaskScheduler) => Promise<History>;
  readonly check: (history: History) => readonly Violation[];
  readonly show: (program: Program) => string;
}

interface ShownHistory {
  readonly events: readonly { readonly type: string; readonly atMs: number }[];
}

/** Searches for a program that makes the queue break a rule; undefined when there was none. */
export function findCounterexample(make: QueueFactory, search: Search): Promise<Counterexample | undefined> {
  return searchProof(
    { programs, run: (program, scheduler) => runProgram(make, program, scheduler), check, show: showProgram },
    search,
  );
}

/** The same for any proof. */
export async function searchProof<Program, History extends ShownHistory>(
  proof: Proof<Program, History>,
  search: Search,
): Promise<Counterexample | undefined> {
  // The last failure is the smallest.
  let failure: { program: Program; history: History; violations: readonly Violation[] } | undefined;
  const keepsRules = fc.asyncProperty(proof.programs, fc.scheduler(), async (program, scheduler) => {
    const history = await proof.run(program, scheduler);
    const violations = proof.check(history).filter((violation) => search.counts?.(violation) ?? true);
    if (violations.length > 0) failure = { program, history, violations };
    return violations.length === 0;
  });
  const details = await fc.check(keepsRules, {
    numRuns: search.runs,
    seed: search.seed,
    ...(search.path !== undefined && { path: search.path }),
    endOnFailure: search.isQuick === true,
  });
  if (!details.failed) return undefined;
  if (failure === undefined) throw details.errorInstance;
  const { program, history, violations } = failure;
  const replay = `PROOF_SEED=${details.seed} PROOF_PATH=${details.counterexamplePath ?? ''}`;
  return {
    foundAfter: details.numRuns,
    violations,
    report: showFailure(proof.show(program), history, violations, replay),
  };
}

function showFailure(
  program: string,
  { events }: ShownHistory,
  violations: readonly Violation[],
  replay: string,
): string {
  // Most of a history are counts that were right.
  const isTelling = (type: string, index: number): boolean =>
    type !== 'probed' || violations.some(({ at }) => at === index);
  return [
    ...violations.map(({ rule, at, message }) => `broken: ${rule}, at event ${at}: ${message}`),
    '',
    program,
    '',
    ...events.flatMap((event, index) => (isTelling(event.type, index) ? [showEvent(event, index)] : [])),
    '',
    `To run it again: ${replay} before the same test command.`,
  ].join('\n');
}
