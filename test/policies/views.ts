/** Views of a session by the names of what waits, and tables of what a policy makes of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { askPolicy } from '#src/core/plan-check.ts';
import type { Plan, Policy, PolicyView, WaitingEntry } from '#src/core/policy.ts';

/** What a row has to say about a session; the rest is filled in. */
export interface ViewSketch {
  /** In the order of the line: the ids, or what is special about an entry. */
  readonly waiting?: readonly (string | EntrySketch)[];
  readonly running?: 'runs' | 'aborts';
  /** 1000 by default. */
  readonly nowMs?: number;
  /** By default that of the first and the last that wait. */
  readonly firstArrivalMs?: number;
  readonly lastArrivalMs?: number;
  readonly startsMs?: readonly number[];
}

export interface EntrySketch {
  readonly id: string;
  /** By default its place in line. */
  readonly arrival?: number;
  /** By default now. */
  readonly enqueuedMs?: number;
  readonly priority?: number;
  /** By default its id. */
  readonly message?: unknown;
}

/** A view that can't be changed. */
export function viewOf(sketch: ViewSketch): PolicyView {
  const { nowMs = 1000, startsMs = [] } = sketch;
  const waiting = (sketch.waiting ?? []).map((entry, index): WaitingEntry => {
    const {
      id,
      arrival = index,
      enqueuedMs = nowMs,
      priority = 0,
      message = id,
    } = typeof entry === 'string' ? { id: entry } : entry;
    return { id, arrival, enqueuedMs, priority, message };
  });
  const times = waiting.map(({ enqueuedMs }) => enqueuedMs);
  return freeze({
    key: 'ada',
    nowMs,
    waiting,
    running: sketch.running && { id: 'turn', startedMs: 0, isAborting: sketch.running === 'aborts' },
    firstArrivalMs: sketch.firstArrivalMs ?? Math.min(nowMs, ...times),
    lastArrivalMs: sketch.lastArrivalMs ?? Math.max(0, ...times),
    startsMs,
  });
}

/** A plan that names entries by their ids: `drop: ['a full']`. */
export interface PlanSketch {
  readonly drop?: readonly string[];
  readonly abort?: string;
  readonly wakeMs?: number;
  readonly start?: readonly string[];
}

/** What the policy makes of the view. Fails when the queue could not carry it out. */
export function planOf(policy: Policy, view: PolicyView): PlanSketch {
  return sketchOf(askPolicy(policy, view));
}

export function sketchOf({ drop, abort, wakeMs, start }: Plan): PlanSketch {
  return {
    ...(drop && { drop: drop.map(({ entry, reason }) => `${entry.id} ${reason}`) }),
    ...(abort && { abort }),
    ...(wakeMs !== undefined && { wakeMs }),
    ...(start && { start: start.map(({ id }) => id) }),
  };
}

/** What the policy does, what it is shown, and its plan; `{}` leaves the session as it is. */
export type Row = readonly [does: string, view: ViewSketch, plan: PlanSketch];

/** One test for each row. The policy is asked twice, and must not tell the second time from the first. */
export function testTable(policy: Policy, rows: readonly Row[]): void {
  for (const [does, sketch, expected] of rows) {
    test(does, () => {
      const view = viewOf(sketch);
      assert.deepEqual(planOf(policy, view), expected);
      assert.deepEqual(planOf(policy, view), expected, 'asked again');
    });
  }
}

/** Arguments, and what the error says. A number raises a RangeError, everything else a TypeError. */
export type BadArgument = readonly [make: () => unknown, name: 'RangeError' | 'TypeError', message: string];

/** One test for each. */
export function testBadArguments(rows: readonly BadArgument[]): void {
  for (const [make, name, message] of rows) {
    test(`refuses at once: ${message}`, () => {
      assert.throws(make, { name, message });
    });
  }
}

/** Hands in what the types forbid. */
export function wrong(value: unknown): never {
  return value as never;
}

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}
