/** Queues that hand out their slots unfairly, or hold sessions back longer than their pauses and windows say. */
import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import { fifo, pipe } from '#src/policies/index.ts';
import type { Policy } from '#src/policies/index.ts';
import type { FakeClock } from '../../fake-clock.ts';
import { makePolicy } from '../policy-plans.ts';
import type { Sent } from '../policy-plans.ts';
import type { MessageQueueFactory, ProvedQueue } from '../recorder.ts';
import { replaceMethods, withMethods, withTurns } from './broken-queue.ts';
import type { BrokenMessages } from './broken-queue.ts';

export const brokenSlots: readonly BrokenMessages[] = [
  {
    defect: 'puts a session that gets another message behind those that came to the line later',
    breaks: 'sessions take turns',
    make: withPolicyBefore(losesPlaces),
  },
  {
    defect: 'has a turn that was answered stand in line twice',
    breaks: 'an answered turn takes its turn',
    make: withTurns((turn) => ({
      receive: async (timeoutMs) => {
        const answer = await turn.receive(timeoutMs);
        await turn.receive(1);
        return answer;
      },
    })),
  },
  {
    defect: 'ends all pauses where it is to end that of the queue',
    breaks: 'a pause holds',
    make: withMethods((queue) => {
      const paused = new Set<string>();
      return {
        pause: (key) => {
          if (key !== undefined) paused.add(key);
          queue.pause(key);
        },
        resume: (key) => {
          queue.resume(key);
          if (key === undefined) for (const each of paused) queue.resume(each);
        },
      };
    }),
  },
  {
    defect: 'begins a window anew when a pause ends',
    breaks: 'works while there is work',
    make: withPolicyBefore(restartsWindows),
  },
];

/** The real queue with a policy before its own, which is made anew for each and can reach the queue. */
function withPolicyBefore(make: (queue: () => ProvedQueue, clock: FakeClock) => BeforePolicy): MessageQueueFactory {
  return (setup, clock) => {
    const { settings, onDrop, onFault, run } = setup;
    const { policy, ...methods } = make(() => queue, clock);
    const whole = pipe(policy, makePolicy(setup.policy, onFault) ?? fifo);
    const queue: ProvedQueue = createQueueWithClock({ ...settings, run, onDrop, policy: whole }, clock);
    return replaceMethods(queue, methods);
  };
}

interface BeforePolicy extends Partial<ProvedQueue> {
  readonly policy: Policy<Sent>;
}

// It takes the session out of the line of those that are ready, and has itself asked again at once.
function losesPlaces(queue: () => ProvedQueue): BeforePolicy {
  const known = new Map<string, number>();
  let wasPaused = false;
  return {
    policy: function loses({ key, waiting }) {
      const before = known.get(key) ?? 0;
      known.set(key, waiting.length);
      if (wasPaused || before === 0 || waiting.length <= before) return undefined;
      queue().resume(key);
      return { start: [] };
    },
    pause: (key) => {
      wasPaused = true;
      queue().pause(key);
    },
  };
}

function restartsWindows(queue: () => ProvedQueue, clock: FakeClock): BeforePolicy {
  let resumedMs = -Infinity;
  return {
    policy: function restarts({ waiting, nowMs }) {
      const isEarly = resumedMs + 10 > nowMs && waiting.length > 0;
      return isEarly ? { start: [], wakeMs: resumedMs + 10 } : undefined;
    },
    resume: (key) => {
      resumedMs = clock.now();
      queue().resume(key);
    },
  };
}
