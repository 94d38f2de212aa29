/** What a visitor can choose a busy session to do. */
import { cap, collect, debounce, fifo, interrupt, latest, pipe, reject } from '../../src/policies/index.ts';
import type { Manner } from './agent.ts';
import type { ChatPolicy } from './queue.ts';

/** The choices, by the names that the page and the server know them by. */
export const choiceNames = [
  'fifo',
  'reject',
  'latest',
  'interrupt',
  'collect',
  'debounce',
  'cap',
  'steer',
  'ask',
] as const;

export type ChoiceName = (typeof choiceNames)[number];

/** One choice: a policy, and an agent that goes with it. */
export interface Choice {
  readonly name: ChoiceName;
  readonly title: string;
  /** How it is written in a program. */
  readonly code: string;
  /** What becomes of a message that comes while another one is answered. */
  readonly says: string;
  readonly policy: ChatPolicy;
  readonly manner: Manner;
}

/** Says whether there is a choice of that name. */
export function isChoiceName(name: unknown): name is ChoiceName {
  return choiceNames.some((known) => known === name);
}

/** Makes all choices. `quietMs` is how long a burst has to be over before it is answered. */
export function makeChoices(quietMs: number): Readonly<Record<ChoiceName, Choice>> {
  const maxMs = quietMs * 5;
  const burst: Choice = {
    name: 'debounce',
    title: 'debounce + collect',
    code: `policy: pipe(debounce(${quietMs}, ${maxMs}), collect())`,
    says: 'The agent waits until you have stopped typing, then answers the whole burst once.',
    policy: pipe(debounce(quietMs, maxMs), collect()),
    manner: 'answers',
  };
  return { ...timeless, debounce: burst };
}

const timeless: Readonly<Record<Exclude<ChoiceName, 'debounce'>, Choice>> = {
  fifo: {
    name: 'fifo',
    title: 'fifo',
    code: 'policy: fifo',
    says: 'Every message waits for its own turn, and is answered in the order of arrival.',
    policy: fifo,
    manner: 'answers',
  },
  reject: {
    name: 'reject',
    title: 'reject',
    code: 'policy: reject',
    says: 'Who comes while the agent is busy is sent away at once, and may come again.',
    policy: reject,
    manner: 'answers',
  },
  latest: {
    name: 'latest',
    title: 'latest',
    code: 'policy: latest',
    says: 'The running turn ends in peace. Of all that wait meanwhile, only the newest stays.',
    policy: latest,
    manner: 'answers',
  },
  interrupt: {
    name: 'interrupt',
    title: 'interrupt',
    code: 'policy: interrupt',
    says: 'A newer message aborts the running turn, and starts when that one has tidied up.',
    policy: interrupt,
    manner: 'answers',
  },
  collect: {
    name: 'collect',
    title: 'collect',
    code: 'policy: collect()',
    says: 'All that came while the agent was busy is answered together, in one turn.',
    policy: collect(),
    manner: 'answers',
  },
  cap: {
    name: 'cap',
    title: 'cap',
    code: `policy: cap(1, 'newest')`,
    says: 'One message may wait. Who comes when that place is taken is sent away.',
    policy: cap(1, 'newest'),
    manner: 'answers',
  },
  steer: {
    name: 'steer',
    title: 'steer',
    code: 'policy: fifo · turn.take() between two words',
    says: 'The agent looks up while it speaks, and takes what you add into the turn that runs.',
    policy: fifo,
    manner: 'takes',
  },
  ask: {
    name: 'ask',
    title: 'ask first',
    code: 'policy: fifo · await turn.receive(30_000)',
    says: 'The agent asks before it acts. Only a message that comes after the question can answer it.',
    policy: fifo,
    manner: 'asks',
  },
};
