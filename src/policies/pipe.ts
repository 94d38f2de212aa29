/** Makes one policy of several. */
import { askPolicy } from '../core/plan-check.ts';
import type { MessagePolicy, Plan, Policy, PolicyView, WaitingEntry } from '../core/policy.ts';
import { checkFunction } from './check-argument.ts';

/**
 * Composes policies, left to right. Each sees the session as the one before left it: what was
 * dropped is gone, a turn that was aborted is aborting, and of what that one gave to `start` only
 * that waits. So what stands behind a policy that holds everything (`start: []`) sees nothing and
 * can't start anything, and the order matters: `pipe(latest, debounce(300, 2000))` drops at once,
 * `pipe(debounce(300, 2000), latest)` when the burst is over. Times stay as they are.
 *
 * The plan has all drops, the first abort, the earliest wake-up, and if any policy gave a `start`,
 * what was left of it at the end. A policy that fails is reported under its own name, and those
 * behind it aren't asked.
 *
 * At least one policy; a pipe may be one of them. With one that needs messages, such as `collect`, it
 * needs them too.
 *
 * @throws TypeError when there is none, or one is not a function.
 *
 * @example
 * const queue = createSessionQueue({
 *   run: (turn: MessageTurn<string>) => turn.inputs.join(' '),
 *   policy: pipe(cap(2, 'oldest'), collect()),
 * });
 * const first = queue.enqueue('ada', 'Hello?');
 * void queue.enqueue('ada', 'A table');
 * assert.equal(await queue.enqueue('ada', 'for two'), 'A table for two');
 * assert.equal((await first.outcome).type, 'dropped');
 */
export function pipe<Message>(first: TaskPolicy<Message>, ...others: readonly TaskPolicy<Message>[]): Policy<Message>;
export function pipe<Message>(
  first: AnyPolicy<Message>,
  ...others: readonly AnyPolicy<Message>[]
): MessagePolicy<Message>;
export function pipe<Message>(...policies: readonly AnyPolicy<Message>[]): Policy<Message> {
  if (policies.length === 0) throw new TypeError('pipe: there is no policy; expected at least one.');
  for (const [index, policy] of policies.entries()) checkFunction(`pipe: policy ${index + 1}`, policy);
  const needsMessages = policies.some((policy) => policy.needsMessages);
  return Object.assign(
    function pipe(view: PolicyView<Message>): Plan {
      const plans: Plan[] = [];
      let left = view;
      for (const policy of policies) {
        const plan = askPolicy(policy, left);
        plans.push(plan);
        left = carryOut(plan, left);
      }
      return merge(plans, left.waiting);
    },
    needsMessages && { needsMessages },
    remember(policies),
  );
}

// Both name the property, though every Policy fits the second without it: the compiler tries subtypes first, for which
// an optional property counts, and would take a Policy for a policy that needs messages.
type TaskPolicy<Message> = Policy<Message> & { readonly needsMessages?: never };
type AnyPolicy<Message> = Policy<Message> & { readonly needsMessages?: true };

function remember<Message>(policies: readonly Policy<Message>[]): Pick<Policy, 'remembers'> {
  const all = policies.flatMap(({ remembers }) => remembers ?? []);
  if (all.length === 0) return {};
  const starts = Math.max(...all.map((remembers) => remembers.starts));
  const forMs = Math.max(...all.map((remembers) => remembers.forMs));
  return { remembers: { starts, forMs } };
}

/** The session as the next policy sees it. */
function carryOut<Message>(plan: Plan, view: PolicyView<Message>): PolicyView<Message> {
  const { running } = view;
  return {
    ...view,
    waiting: leave(plan, view.waiting),
    running: running && plan.abort !== undefined ? { ...running, isAborting: true } : running,
  };
}

function leave<Message>(
  { drop, start }: Plan,
  waiting: readonly WaitingEntry<Message>[],
): readonly WaitingEntry<Message>[] {
  if (start !== undefined) {
    // In the order of the plan, which may differ from that of the line.
    const known = new Set<WaitingEntry>(waiting);
    return start.filter((entry): entry is WaitingEntry<Message> => known.has(entry));
  }
  if (drop === undefined) return waiting;
  const dropped = new Set(drop.map(({ entry }) => entry));
  return waiting.filter((entry) => !dropped.has(entry));
}

function merge(plans: readonly Plan[], start: readonly WaitingEntry[]): Plan {
  const drop = plans.flatMap((plan) => plan.drop ?? []);
  const abort = plans.find((plan) => plan.abort !== undefined)?.abort;
  const wakeMs = Math.min(...plans.map((plan) => plan.wakeMs ?? Infinity));
  return {
    ...(drop.length > 0 && { drop }),
    ...(abort !== undefined && { abort }),
    ...(wakeMs < Infinity && { wakeMs }),
    ...(plans.some((plan) => plan.start !== undefined) && { start }),
  };
}
