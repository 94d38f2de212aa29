/**
 * Checks the history of a queue against the rules it promises to keep. Pure: the same history
 * gives the same violations, whichever queue made it.
 */
import { readLives } from './entry-lives.ts';
import type { History, HistoryEvent } from './history.ts';
import type { Await, Reading, Rule, Violation } from './rule.ts';
import { awaitRules } from './rules/awaits.ts';
import { countRules } from './rules/counts.ts';
import { eventRules } from './rules/events.ts';
import { laneRules } from './rules/lanes.ts';
import { outcomeRules } from './rules/outcomes.ts';
import { slotRules } from './rules/slots.ts';

/** Every rule, by the part of the promise it is about. */
export const rules: readonly Rule[] = [
  ...laneRules,
  ...outcomeRules,
  ...countRules,
  ...slotRules,
  ...awaitRules,
  ...eventRules,
];

/** What is wrong with a history, in the order in which it shows; nothing when every rule was kept. */
export function check(history: History): Violation[] {
  const reading = read(history);
  const violations = rules.flatMap(({ name, find }) =>
    Array.from(find(reading), ({ at, message }) => ({ rule: name, at, message })),
  );
  return violations.toSorted((one, other) => one.at - other.at);
}

function read(history: History): Reading {
  const { events } = history;
  const lives = readLives(history);
  const byEntry = new Map(lives.map((life) => [life.entry, life]));
  return {
    history,
    events,
    lives,
    lifeOf: (entry) => {
      const life = byEntry.get(entry);
      if (life === undefined) throw new RangeError(`entry ${entry} was never enqueued`);
      return life;
    },
    awaits: [...readAwaits(events)],
    quietPoints: [...events.keys()].filter((index) => isQuiet(events[index])),
  };
}

function isQuiet(event: HistoryEvent | undefined): boolean {
  return event?.type === 'quiet' || event?.type === 'finished';
}

function* readAwaits(events: readonly HistoryEvent[]): Iterable<Await> {
  for (const [beganAt, event] of events.entries()) {
    if (event.type !== 'await-began') continue;
    const { entry: by, on } = event;
    const wentOn = events.findIndex(
      (other, index) => index > beganAt && other.type === 'await-ended' && other.entry === by && other.on === on,
    );
    const end = events[wentOn];
    const gaveUp = end?.type === 'await-ended' && end.result === undefined;
    yield { by, on, beganAt, wentOnAt: wentOn === -1 ? Infinity : wentOn, gaveUp };
  }
}
