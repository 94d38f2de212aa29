/** Checks the history of a queue of messages against the rules it promises to keep. Pure. */
import type { Violation } from '../rule.ts';
import type { MessageHistory } from './history.ts';
import { readMessages } from './reading.ts';
import type { MessageRule } from './rule.ts';
import { callRules } from './rules/calls.ts';
import { countRules } from './rules/counts.ts';
import { fairnessRules } from './rules/fairness.ts';
import { idRules } from './rules/ids.ts';
import { limitRules } from './rules/limits.ts';
import { lineRules } from './rules/line.ts';
import { outcomeRules } from './rules/outcomes.ts';
import { policyRules } from './rules/policies.ts';
import { slotRules } from './rules/slots.ts';
import { turnRules } from './rules/turns.ts';

/** Every rule, by the part of the promise it is about. */
export const messageRules: readonly MessageRule[] = [
  ...turnRules,
  ...lineRules,
  ...outcomeRules,
  ...policyRules,
  ...slotRules,
  ...fairnessRules,
  ...limitRules,
  ...callRules,
  ...idRules,
  ...countRules,
];

/** What is wrong with a history, in the order in which it shows; nothing when every rule was kept. */
export function checkMessages(history: MessageHistory): Violation[] {
  const reading = readMessages(history);
  const violations = messageRules.flatMap(({ name, find }) =>
    Array.from(find(reading), ({ at, message }) => ({ rule: name, at, message })),
  );
  return violations.toSorted((one, other) => one.at - other.at);
}
