/** What the pictures of docs/policies show: one scenario for each page. */
import type { Policy } from '#src/core/policy.ts';
import { cap, collect, debounce, fifo, interrupt, latest, pipe, rateLimit, reject, ttl } from '#src/policies/index.ts';

import type { Life } from './record.ts';
import type { Arrival, Bracket, Scenario } from './scenario.ts';

const threeThoughts: readonly Arrival[] = [
  { atMs: 0, text: 'A table', workMs: 900 },
  { atMs: 300, text: 'for two', workMs: 900 },
  { atMs: 600, text: 'at eight', workMs: 900 },
];

/** A user's own policy, as the page about such policies has it. */
const stopWord: Policy<Arrival> = ({ waiting, running }) => {
  const stop = waiting.findLast(({ message }) => message.text === 'stop');
  if (stop === undefined) return undefined;
  const before = waiting.filter(({ arrival }) => arrival < stop.arrival);
  return {
    drop: before.map((entry) => ({ entry, reason: 'cancelled' })),
    ...(running !== undefined && { abort: 'cancelled' }),
  };
};

export const scenarios: readonly Scenario[] = [
  {
    name: 'fifo',
    title: 'fifo: one after another',
    description:
      'Three messages of ada come while the first is answered. Each gets a turn of its own, one after another. A message of bob runs beside them.',
    code: 'fifo',
    policy: fifo,
    arrivals: [
      { atMs: 0, text: 'A table', workMs: 800 },
      { atMs: 200, text: 'for two', workMs: 600 },
      { atMs: 500, text: 'hello', workMs: 1000, key: 'bob' },
      { atMs: 700, text: 'at eight', workMs: 500 },
    ],
    spanMs: 2000,
    tickMs: 500,
  },
  {
    name: 'reject',
    title: 'reject: who comes to a busy session is sent away',
    description:
      'Two messages come while the first is answered; both are dropped at once, rejected. One that comes after the end of the turn gets a turn.',
    code: 'reject',
    policy: reject,
    arrivals: [
      { atMs: 0, text: 'Start the report', workMs: 900 },
      { atMs: 300, text: 'Start the report', workMs: 900 },
      { atMs: 700, text: 'Start the report', workMs: 900 },
      { atMs: 1100, text: 'Start the report', workMs: 700 },
    ],
    spanMs: 2000,
    tickMs: 500,
  },
  {
    name: 'latest',
    title: 'latest: only the newest waits',
    description:
      'Three messages come while the first is answered. The second is replaced when the third comes, the third when the fourth comes. The first turn ends undisturbed, then the fourth runs.',
    code: 'latest',
    policy: latest,
    arrivals: [
      { atMs: 0, text: 'draft 1', workMs: 1000 },
      { atMs: 200, text: 'draft 2', workMs: 700 },
      { atMs: 500, text: 'draft 3', workMs: 700 },
      { atMs: 800, text: 'draft 4', workMs: 700 },
    ],
    spanMs: 2000,
    tickMs: 500,
  },
  {
    name: 'interrupt',
    title: 'interrupt: the turn makes way for the newest',
    description:
      'A message comes while the first is answered. That turn is aborted and cleans up for 300 ms. Meanwhile a third message comes and replaces the second. The third starts when the clean-up has ended, not before.',
    code: 'interrupt',
    policy: interrupt,
    arrivals: [
      { atMs: 0, text: 'Book Rome', workMs: 1500, cleanUpMs: 300 },
      { atMs: 600, text: 'no, Paris', workMs: 800 },
      { atMs: 750, text: 'no, Oslo', workMs: 800 },
    ],
    spanMs: 2000,
    tickMs: 500,
  },
  {
    name: 'collect',
    title: 'collect: one turn for everything that has come meanwhile',
    description:
      'Three messages come while the first is answered. When that turn ends, one turn takes all three. The newest carries it, the others are merged into it.',
    code: 'collect()',
    policy: collect(),
    arrivals: [
      { atMs: 0, text: 'Hello', workMs: 800 },
      { atMs: 200, text: 'A table', workMs: 800 },
      { atMs: 400, text: 'for two', workMs: 800 },
      { atMs: 600, text: 'at eight', workMs: 800 },
    ],
    spanMs: 2000,
    tickMs: 500,
  },
  {
    name: 'debounce',
    title: 'debounce: the turn starts when the burst is over',
    description:
      'Three messages come 300 ms apart. Nothing starts until the session has been quiet for 500 ms; then one turn takes all three, because collect stands behind. The longest wait, 2 seconds after the first, is not reached.',
    code: 'pipe(debounce(500, 2000), collect())',
    policy: pipe(debounce(500, 2000), collect()),
    arrivals: threeThoughts,
    spanMs: 2500,
    tickMs: 500,
    brackets: (lives) => quiet(lives, 500, 2000),
  },
  {
    name: 'cap',
    title: 'cap: at most so many wait',
    description:
      'Four messages come while the first is answered, and at most two may wait. When the fourth comes, the oldest that waits is dropped as full; so it goes when the fifth comes. The two newest get their turns.',
    code: "cap(2, 'oldest')",
    policy: cap(2, 'oldest'),
    arrivals: [
      { atMs: 0, text: 'one', workMs: 1000 },
      { atMs: 150, text: 'two', workMs: 450 },
      { atMs: 300, text: 'three', workMs: 450 },
      { atMs: 500, text: 'four', workMs: 450 },
      { atMs: 750, text: 'five', workMs: 450 },
    ],
    spanMs: 2000,
    tickMs: 500,
  },
  {
    name: 'ttl',
    title: 'ttl: what has waited too long leaves',
    description:
      'Two messages come while the first is answered. The second has waited 600 ms before that turn ends, and is dropped as expired. The third has not, and gets its turn, which is longer than that.',
    code: 'ttl(600)',
    policy: ttl(600),
    arrivals: [
      { atMs: 0, text: 'one', workMs: 1000 },
      { atMs: 200, text: 'two', workMs: 700 },
      { atMs: 650, text: 'three', workMs: 800 },
    ],
    spanMs: 2000,
    tickMs: 500,
    brackets: ([, second]) => [fromArrival(second, 600, '600 ms after the arrival of 2')],
  },
  {
    name: 'rate-limit',
    title: 'rateLimit: at most so many turns start in any such time',
    description:
      'Four messages come at once. The first two start one after the other. The third is held until 1.5 seconds after the first start, the fourth until 1.5 seconds after the second.',
    code: 'rateLimit(2, 1500)',
    policy: rateLimit(2, 1500),
    arrivals: [
      { atMs: 0, text: 'one', workMs: 400 },
      { atMs: 100, text: 'two', workMs: 400 },
      { atMs: 200, text: 'three', workMs: 300 },
      { atMs: 300, text: 'four', workMs: 400 },
    ],
    spanMs: 2500,
    tickMs: 500,
    brackets: ([first, second]) => [
      fromStart(first, 1500, '1,500 ms after the start of 1'),
      fromStart(second, 1500, '1,500 ms after the start of 2'),
    ],
  },
  {
    name: 'pipe',
    title: 'pipe: interrupt once, when the burst is over',
    description:
      'While the first message is answered two more come. When 400 ms were quiet, the running turn is aborted, once. It cleans up for 200 ms; then the newest message runs, and the one before it was replaced.',
    code: 'pipe(debounce(400, 2000), interrupt)',
    policy: pipe(debounce(400, 2000), interrupt),
    arrivals: [
      { atMs: 0, text: 'Book Rome', workMs: 2000, cleanUpMs: 200 },
      { atMs: 700, text: 'no, wait', workMs: 800 },
      { atMs: 900, text: 'Oslo', workMs: 800 },
    ],
    spanMs: 2500,
    tickMs: 500,
    brackets: ([first, , third]) => [
      fromArrival(first, 400, '400 ms quiet: 1 starts'),
      fromArrival(third, 400, '400 ms quiet: 1 is interrupted'),
    ],
  },
  {
    name: 'your-own',
    title: 'A policy of one’s own: a word that stops everything',
    description:
      'While the first message is answered a second one waits. Then comes “stop”: the second is dropped and the running turn is aborted, both cancelled. When the turn has cleaned up, the word has its own turn.',
    code: 'stopWord',
    policy: stopWord,
    arrivals: [
      { atMs: 0, text: 'Book Rome', workMs: 2000, cleanUpMs: 300 },
      { atMs: 300, text: 'and a hotel', workMs: 800 },
      { atMs: 800, text: 'stop', workMs: 400 },
    ],
    spanMs: 2000,
    tickMs: 500,
  },
];

function quiet(lives: readonly Life[], ms: number, maxMs: number): readonly Bracket[] {
  const { length } = lives;
  return [
    fromArrival(lives[length - 1], ms, `${ms} ms quiet after ${length}`),
    fromArrival(lives[0], maxMs, `${maxMs / 1000} s after 1: at the latest`),
  ];
}

function fromArrival(life: Life | undefined, ms: number, says: string): Bracket {
  const fromMs = life?.enqueuedMs ?? 0;
  return { fromMs, toMs: fromMs + ms, says };
}

function fromStart(life: Life | undefined, ms: number, says: string): Bracket {
  const fromMs = life?.startedMs ?? 0;
  return { fromMs, toMs: fromMs + ms, says };
}
