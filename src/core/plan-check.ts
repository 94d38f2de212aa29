/** Asks a policy for its plan, and refuses a plan that can't be carried out. */
import type { AbortReason, DropReason, Plan, Policy, PolicyView } from './policy.ts';
import { show } from './queue-options.ts';

/** What is wrong with a policy. */
export class PolicyFailure extends Error {
  readonly policyName: string;

  constructor(policyName: string, message: string, options?: ErrorOptions) {
    super(`The policy ${policyName} ${message}.`, options);
    this.policyName = policyName;
  }

  static {
    this.prototype.name = 'PolicyFailure';
  }
}

/**
 * Gives what the policy wants to happen; an empty plan when it gives nothing.
 *
 * @throws PolicyFailure when the policy throws, or when its plan can't be carried out.
 */
export function askPolicy<Message>(policy: Policy<Message>, view: PolicyView<Message>): Plan {
  const name = policy.name === '' ? 'without a name' : policy.name;
  let plan: Plan | undefined | void;
  let fault: string | undefined;
  try {
    plan = policy(view);
    // A plan may throw as well, where it is read.
    fault = plan === undefined ? undefined : findFault(plan, view);
  } catch (error) {
    // A policy that is made of others has named the one that failed.
    if (error instanceof PolicyFailure) throw error;
    throw new PolicyFailure(name, 'threw an error', { cause: error });
  }
  if (fault !== undefined) throw new PolicyFailure(name, fault);
  return plan ?? nothing;
}

const nothing: Plan = {};

// A user's own policy may be plain JavaScript, so nothing about its plan is known.
type Unchecked = { readonly [Verb in keyof Plan]?: unknown };

const verbs: readonly string[] = ['drop', 'abort', 'wakeMs', 'start'] satisfies (keyof Plan)[];
const dropReasons: readonly unknown[] = [
  'rejected',
  'replaced',
  'full',
  'expired',
  'cancelled',
] satisfies readonly DropReason[];
const abortReasons: readonly unknown[] = ['interrupted', 'cancelled'] satisfies readonly AbortReason[];

function findFault(plan: unknown, view: PolicyView): string | undefined {
  // An async policy gives a promise, which looks like a plan that wants nothing.
  const isPlan = typeof plan === 'object' && plan !== null && !Array.isArray(plan) && !('then' in plan);
  if (!isPlan) return `gave ${show(plan)}; expected a plan, or nothing`;
  const other = Object.keys(plan).find((name) => !verbs.includes(name));
  if (other !== undefined) return `has a plan with ${show(other)}; there are ${verbs.join(', ')}`;
  const { drop, abort, wakeMs, start }: Unchecked = plan;
  // Only who is named has to be found, so most plans for a long line cost nothing here.
  const waiting = new Set<unknown>(isFilled(drop) || isFilled(start) ? view.waiting : []);
  return (
    findDropFault(drop, waiting) ??
    (abort === undefined || abortReasons.includes(abort)
      ? undefined
      : `aborts with ${show(abort)}; there are ${abortReasons.join(', ')}`) ??
    (wakeMs === undefined || (typeof wakeMs === 'number' && wakeMs > view.nowMs)
      ? undefined
      : `wants to wake at ${show(wakeMs)}; expected a time after nowMs, which is ${view.nowMs}`) ??
    findStartFault(start, waiting, view)
  );
}

/** What is dropped no longer waits, so it is taken out of `waiting`. */
function findDropFault(drop: unknown, waiting: Set<unknown>): string | undefined {
  if (drop === undefined) return undefined;
  if (!Array.isArray(drop)) return `drops ${show(drop)}; expected a list of { entry, reason }`;
  for (const item of drop as readonly ({ readonly entry?: unknown; readonly reason?: unknown } | null | undefined)[]) {
    if (!dropReasons.includes(item?.reason)) {
      return `drops for the reason ${show(item?.reason)}; there are ${dropReasons.join(', ')}`;
    }
    if (!waiting.delete(item?.entry)) return 'drops an entry that does not wait';
  }
  return undefined;
}

function findStartFault(start: unknown, waiting: Set<unknown>, view: PolicyView): string | undefined {
  if (start === undefined) return undefined;
  if (!Array.isArray(start)) return `starts ${show(start)}; expected a list of entries`;
  if (start.length > 0 && view.running !== undefined) return 'starts entries while a turn runs';
  for (const entry of start) if (!waiting.delete(entry)) return 'starts an entry that does not wait, or twice';
  return undefined;
}

function isFilled(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0;
}
