/** Queues whose policies break what they promise, or that don't do what their policies say. */
import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import type { Plan, Policy, PolicyView } from '#src/policies/index.ts';
import { pipe } from '#src/policies/index.ts';
import { makePolicy } from '../policy-plans.ts';
import type { Sent, Stage } from '../policy-plans.ts';
import type { MessageQueueFactory, Setup } from '../recorder.ts';
import { madeFrom, withParts } from './broken-queue.ts';
import type { BrokenMessages } from './broken-queue.ts';

export const brokenPolicies: readonly BrokenMessages[] = [
  {
    defect: 'debounces for half the time',
    breaks: 'nothing starts in its window',
    make: withStages((stage) =>
      stage.is === 'debounce' ? { ...stage, ms: stage.ms / 2, maxMs: stage.maxMs / 2 } : stage,
    ),
  },
  {
    defect: 'debounces without a maximum',
    breaks: 'works while there is work',
    make: withStages((stage) => (stage.is === 'debounce' ? { ...stage, maxMs: 1_000_000 } : stage)),
  },
  {
    defect: 'loses the wake-up after a window',
    breaks: 'works while there is work',
    make: withPlans(({ wakeMs: _lost, ...plan }) => plan),
  },
  {
    defect: 'wakes nobody after its policy failed',
    breaks: 'works while there is work',
    make: fallsSilent,
  },
  {
    defect: 'takes a policy that fails for one that wants nothing',
    breaks: 'a failed policy is told once and no longer asked',
    make: withPolicy((policy) => (view) => {
      try {
        return policy(view);
      } catch {
        return undefined;
      }
    }),
  },
  {
    defect: 'collects what different senders have said',
    breaks: 'only collect collects, and only what belongs together',
    make: withStages((stage) => (stage.is === 'collect' ? { is: 'collect', by: 'all' } : stage)),
  },
  {
    defect: 'collects one at most',
    breaks: 'collect leaves nobody behind',
    make: withPlans(({ start, ...plan }) => (start === undefined ? plan : { ...plan, start: start.slice(0, 1) })),
  },
  {
    defect: 'lets all wait, not only the latest',
    breaks: 'latest lets only the newest wait',
    make: withStages((stage) => (stage.is === 'latest' ? { is: 'fifo' } : stage)),
  },
  {
    defect: 'only replaces where it is to interrupt',
    breaks: 'interrupt makes way',
    make: withStages((stage) => (stage.is === 'interrupt' ? { is: 'latest' } : stage)),
  },
  {
    defect: 'rejects only where one waits already',
    breaks: 'reject lets nothing wait behind a turn',
    make: withStages((stage) => (stage.is === 'reject' ? { is: 'cap', n: 1, who: 'newest' } : stage)),
  },
  {
    defect: 'lets one more wait than its cap',
    breaks: 'cap lets only so many wait',
    make: withStages((stage) => (stage.is === 'cap' ? { ...stage, n: stage.n + 1 } : stage)),
  },
  {
    defect: 'drops the newest where the oldest is to go, and the other way round',
    breaks: 'cap drops whom it should',
    make: withStages((stage) =>
      stage.is === 'cap' ? { ...stage, who: stage.who === 'oldest' ? 'newest' : 'oldest' } : stage,
    ),
  },
  {
    defect: 'lets messages wait twice as long as its ttl',
    breaks: 'ttl lets nothing wait too long',
    make: withStages((stage) => (stage.is === 'ttl' ? { is: 'ttl', ms: stage.ms * 2 } : stage)),
  },
  {
    defect: 'starts one turn more than its rate allows',
    breaks: 'no more starts than the rate allows',
    make: withStages((stage) => (stage.is === 'rateLimit' ? { ...stage, n: stage.n + 1 } : stage)),
  },
  {
    defect: 'puts what a failed turn had taken behind the others',
    breaks: 'nothing overtakes',
    make: putsBackBehind,
  },
  {
    defect: 'calls whatever a policy drops rejected',
    breaks: 'the right outcome',
    make: withPlans(({ drop = [], ...plan }) => ({
      ...plan,
      drop: drop.map(({ entry }) => ({ entry, reason: 'rejected' })),
    })),
  },
];

function withStages(change: (stage: Stage) => Stage): MessageQueueFactory {
  return madeFrom((setup) => ({ ...setup, policy: setup.policy.map(change) }));
}

type AnyPlan = Plan | undefined | void;

/** The real queue with a policy that is made of the one that was asked for. */
function withPolicy(change: (policy: Policy<Sent>) => (view: PolicyView<Sent>) => AnyPlan): MessageQueueFactory {
  return ({ settings, policy: plan, onFault, run, onDrop }, clock) => {
    const policy = makePolicy(plan, onFault);
    const remembers = policy?.remembers;
    const changed = policy && Object.assign(change(policy), remembers && { remembers });
    return createQueueWithClock({ ...settings, run, onDrop, policy: changed }, clock);
  };
}

function withPlans(change: (plan: Plan) => Plan): MessageQueueFactory {
  return withPolicy((policy) => (view) => {
    const plan = policy(view);
    return plan === undefined ? plan : change(plan);
  });
}

function fallsSilent(...made: Parameters<MessageQueueFactory>): ReturnType<MessageQueueFactory> {
  const failed = new Set<string>();
  const make = withPolicy((policy) => (view) => {
    if (failed.has(view.key)) return { start: [] };
    try {
      return policy(view);
    } catch {
      failed.add(view.key);
      return { start: [] };
    }
  });
  return make(...made);
}

// Of what waits it starts first what nobody has taken before.
function putsBackBehind(...[setup, clock]: Parameters<MessageQueueFactory>): ReturnType<MessageQueueFactory> {
  const { settings, policy, onDrop, onFault } = setup;
  const taken = new Set<unknown>();
  const run: Setup['run'] = (turn) => {
    const take = (): ReturnType<typeof turn.take> => {
      const messages = turn.take();
      for (const message of messages) taken.add(message);
      return messages;
    };
    return setup.run(withParts(turn, { take }));
  };
  const behind: Policy<Sent> = function behind({ waiting, running }) {
    const others = waiting.filter(({ message }) => !taken.has(message));
    return running === undefined && others.length > 0 ? { start: others.slice(0, 1) } : undefined;
  };
  const whole = pipe(makePolicy(policy, onFault) ?? behind, behind);
  return createQueueWithClock({ ...settings, run, onDrop, policy: whole }, clock);
}
