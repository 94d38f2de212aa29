/** What callers are told when a policy takes their entry. */
import type { Entry } from './entry.ts';
import type { AbortReason, DropReason, Policy } from './policy.ts';
import { QueueError, quoteKey } from './queue-error.ts';

export function droppedError(entry: Entry, policy: Policy, reason: DropReason): QueueError {
  return new QueueError(reason, `${start(entry, policy)} dropped the entry: ${becauseDropped[reason]}.`);
}

export function abortedError(entry: Entry, policy: Policy, reason: AbortReason): QueueError {
  return new QueueError(reason, `${start(entry, policy)} aborted the turn: ${becauseAborted[reason]}.`);
}

function start(entry: Entry, policy: Policy): string {
  return `Session ${quoteKey(entry.session.key)}: the policy ${policy.name}`;
}

const becauseDropped: Readonly<Record<DropReason, string>> = {
  rejected: 'the session was busy',
  replaced: 'a newer one takes its place',
  full: 'too many wait',
  expired: 'it has waited too long',
  cancelled: 'it is not wanted any more',
};

const becauseAborted: Readonly<Record<AbortReason, string>> = {
  interrupted: 'a newer entry is to run instead',
  cancelled: 'it is not wanted any more',
};
