/** What a rule is: a pure function from the reading of a history to what it found wrong in it. */
import type { Life } from './entry-lives.ts';
import type { History, HistoryEvent } from './history.ts';

export interface Violation {
  /** The rule's name. */
  readonly rule: string;
  /** The index of the event at which it shows. */
  readonly at: number;
  readonly message: string;
}

/** A named rule. What it gives has no name yet; `check` adds it. */
export interface Rule {
  readonly name: string;
  readonly find: (reading: Reading) => Iterable<Finding>;
}

export type Finding = Omit<Violation, 'rule'>;

/** A history with everything the rules ask of it, read once. */
export interface Reading {
  readonly history: History;
  readonly events: readonly HistoryEvent[];
  readonly lives: readonly Life[];
  readonly lifeOf: (entry: number) => Life;
  readonly awaits: readonly Await[];
  /** The indices of the quiet points, the last event included. */
  readonly quietPoints: readonly number[];
}

/** A turn that awaited an entry, from its first moment to the one in which it went on. */
export interface Await {
  readonly by: number;
  readonly on: number;
  readonly beganAt: number;
  readonly wentOnAt: number;
  /** It went on because it was aborted; its queue can't see that. */
  readonly gaveUp: boolean;
}

/** Whether turns of this session may not start at a moment. */
export function isPaused(
  events: readonly { readonly type: string; readonly key?: string }[],
  key: string,
  index: number,
): boolean {
  const isOn = (target: string | undefined): boolean =>
    events.findLast(
      (event, at) => at < index && (event.type === 'paused' || event.type === 'resumed') && event.key === target,
    )?.type === 'paused';
  return isOn(undefined) || isOn(key);
}
