/** Policies as plain data, so that a program can be printed with its policy, and a checker knows what was asked for. */
import type { Plan, Policy, PolicyView } from '#src/policies/index.ts';
import { cap, collect, debounce, fifo, interrupt, latest, pipe, rateLimit, reject, ttl } from '#src/policies/index.ts';

/** Every stage of a pipe, in order. None: a queue without a policy. One: that policy alone. */
export type PolicyPlan = readonly Stage[];

export type Stage =
  | { readonly is: 'fifo' | 'reject' | 'latest' | 'interrupt' }
  /** Everything, or only what one sender has said in a row. */
  | { readonly is: 'collect'; readonly by: 'all' | 'sender' }
  | { readonly is: 'debounce'; readonly ms: number; readonly maxMs: number }
  | { readonly is: 'cap'; readonly n: number; readonly who: 'oldest' | 'newest' }
  | { readonly is: 'ttl'; readonly ms: number }
  | { readonly is: 'rateLimit'; readonly n: number; readonly perMs: number }
  /** Goes wrong at every so many calls, over all sessions. */
  | { readonly is: 'faulty'; readonly every: number; readonly how: Fault };

export type Fault = 'throws' | 'wakes in the past' | 'starts a stranger' | 'drops twice' | 'starts during a turn';

export type StageOf<Is extends Stage['is']> = Extract<Stage, { readonly is: Is }>;

/** What a policy can see of a message. */
export interface Sent {
  readonly sender: string;
}

/** `onFault` is told the session when a faulty stage goes wrong. */
export function makePolicy(plan: PolicyPlan, onFault: (key: string) => void): Policy<Sent> | undefined {
  const [first, ...others] = plan.map((stage) => makeStage(stage, onFault));
  return first === undefined || others.length === 0 ? first : pipe(first, ...others);
}

function makeStage(stage: Stage, onFault: (key: string) => void): Policy<Sent> {
  switch (stage.is) {
    case 'fifo':
      return fifo;
    case 'reject':
      return reject;
    case 'latest':
      return latest;
    case 'interrupt':
      return interrupt;
    case 'collect':
      return stage.by === 'all' ? collect() : collect<Sent>((one, next) => one.sender === next.sender);
    case 'debounce':
      return debounce(stage.ms, stage.maxMs);
    case 'cap':
      return cap(stage.n, stage.who);
    case 'ttl':
      return ttl(stage.ms);
    case 'rateLimit':
      return rateLimit(stage.n, stage.perMs);
    case 'faulty':
      return makeFaulty(stage, onFault);
    default:
      return stage satisfies never;
  }
}

function makeFaulty({ every, how }: StageOf<'faulty'>, onFault: (key: string) => void): Policy<Sent> {
  let calls = 0;
  return function faulty(view) {
    calls += 1;
    if (calls % every !== 0) return undefined;
    onFault(view.key);
    return goWrong(how, view);
  };
}

// Where the view doesn't allow one fault, another does.
function goWrong(how: Fault, { waiting, running, nowMs }: PolicyView): Plan {
  const [first] = waiting;
  if (how === 'throws') throw new Error('a faulty policy');
  if (how === 'starts a stranger' && first !== undefined) return { start: [{ ...first }] };
  if (how === 'drops twice' && first !== undefined) {
    const drop = { entry: first, reason: 'cancelled' } as const;
    return { drop: [drop, drop] };
  }
  if (how === 'starts during a turn' && running !== undefined && first !== undefined) return { start: [first] };
  return { wakeMs: nowMs };
}

/** As one would write it. */
export function showPolicy(plan: PolicyPlan): string {
  const stages = plan.map(({ is, ...details }) => {
    const values = Object.values(details).map((value) => (typeof value === 'string' ? `'${value}'` : String(value)));
    return values.length === 0 ? is : `${is}(${values.join(', ')})`;
  });
  if (stages.length === 0) return 'no policy';
  return stages.length === 1 ? `the policy ${stages.join()}` : `the policy pipe(${stages.join(', ')})`;
}
