/** What holds for every policy and every pipe of them, in any session. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { askPolicy } from '#src/core/plan-check.ts';
import type { Policy, PolicyView } from '#src/policies/index.ts';
import { cap, collect, debounce, fifo, interrupt, latest, pipe, rateLimit, reject, ttl } from '#src/policies/index.ts';

import { sketchOf, viewOf } from './views.ts';

const count = fc.integer({ min: 1, max: 4 });
const duration = fc.double({ min: 0.1, max: 100, noNaN: true });
const beforeMs = fc.double({ min: 0, max: 120, noNaN: true }).map((ago) => 1000 - ago);

const sameTens = (one: unknown, next: unknown): boolean =>
  typeof one === 'number' && typeof next === 'number' && Math.floor(one / 10) === Math.floor(next / 10);
const collectTens: Policy = collect(sameTens);

const plainPolicies = fc.oneof(
  fc.constantFrom<Policy>(fifo, reject, latest, interrupt),
  fc.tuple(count, fc.constantFrom('oldest', 'newest')).map(([n, who]) => cap(n, who)),
  duration.map(ttl),
);
const holds = fc.oneof(
  fc.tuple(duration, duration).map(([ms, more]) => debounce(ms, ms + more)),
  fc.tuple(count, duration).map(([n, perMs]) => rateLimit(n, perMs)),
);
const collects = fc.constantFrom<Policy>(collect(), collectTens);
const stages = fc.oneof(plainPolicies, holds, collects);
const pipes = fc.letrec<{ pipe: Policy; stage: Policy }>((tie) => ({
  pipe: fc
    .tuple(tie('stage'), fc.array(tie('stage'), { maxLength: 4 }))
    .map(([first, others]): Policy => pipe(first, ...others)),
  stage: fc.oneof({ depthSize: 'small' }, stages, tie('pipe')),
})).pipe;

const views: fc.Arbitrary<PolicyView> = fc
  .record({
    entries: fc.array(
      fc.record({
        enqueuedMs: beforeMs,
        priority: fc.integer({ min: -5, max: 5 }),
        message: fc.integer({ min: 0, max: 30 }),
      }),
      { maxLength: 7 },
    ),
    // Places in line, which priorities have changed.
    places: fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6], { minLength: 7 }),
    running: fc.constantFrom(undefined, 'runs' as const, 'aborts' as const),
    arrivalsMs: fc.tuple(beforeMs, beforeMs),
    startsMs: fc.array(beforeMs, { maxLength: 5 }),
  })
  .map(({ entries, places, running, arrivalsMs, startsMs }) =>
    viewOf({
      waiting: places.flatMap((place) => {
        const entry = entries[place];
        return entry === undefined ? [] : [{ ...entry, id: String(place), arrival: place }];
      }),
      ...(running && { running }),
      firstArrivalMs: Math.min(...arrivalsMs),
      lastArrivalMs: Math.max(...arrivalsMs),
      startsMs: startsMs.toSorted((one, other) => one - other),
    }),
  );

test('every pipe gives a plan that can be carried out', () => {
  fc.assert(
    fc.property(pipes, views, (policy, view) => {
      const { drop = [], wakeMs = Infinity, start } = askPolicy(policy, view);
      const dropped = drop.map(({ entry }) => entry);
      assert.equal(new Set(dropped).size, dropped.length, 'drops are unique');
      assert.ok(dropped.every((entry) => view.waiting.includes(entry)));
      assert.ok(wakeMs > view.nowMs);
      if (start === undefined) return;
      assert.ok(start.length === 0 || view.running === undefined);
      const left = view.waiting.filter((entry) => !dropped.includes(entry));
      assert.deepEqual(
        start,
        left.filter((entry) => start.includes(entry)),
        'starts are in the order of the line, and none of them is dropped',
      );
    }),
    { numRuns: 2000 },
  );
});

test('every pipe gives the same plan for the same view', () => {
  fc.assert(
    fc.property(pipes, views, (policy, view) => {
      assert.deepEqual(sketchOf(askPolicy(policy, view)), sketchOf(askPolicy(policy, structuredClone(view))));
    }),
  );
});

test('it makes no difference how a pipe is put together', () => {
  fc.assert(
    fc.property(stages, stages, stages, views, (one, two, three, view) => {
      const flat = sketchOf(askPolicy(pipe(one, two, three), view));
      assert.deepEqual(sketchOf(askPolicy(pipe(pipe(one, two), three), view)), flat);
      assert.deepEqual(sketchOf(askPolicy(pipe(one, pipe(two, three)), view)), flat);
      assert.deepEqual(sketchOf(askPolicy(pipe(fifo, one, fifo, two, three, fifo), view)), flat);
    }),
  );
});

test('a pipe of one does what that one does', () => {
  fc.assert(
    fc.property(stages, views, (policy, view) => {
      assert.deepEqual(sketchOf(askPolicy(pipe(policy), view)), sketchOf(askPolicy(policy, view)));
    }),
  );
});

test('a hold is over at its wake-up, and not before', () => {
  fc.assert(
    fc.property(holds, views, (policy, view) => {
      const { start, wakeMs } = askPolicy(policy, view);
      if (wakeMs === undefined) return;
      assert.deepEqual(start, []);
      assert.deepEqual(askPolicy(policy, { ...view, nowMs: wakeMs }), {});
      const justBeforeMs = wakeMs - (wakeMs - view.nowMs) / 1000;
      assert.equal(askPolicy(policy, { ...view, nowMs: justBeforeMs }).wakeMs, wakeMs);
    }),
  );
});

test('what a policy without a hold drops, it drops at once: asked again, it drops nothing', () => {
  fc.assert(
    fc.property(fc.oneof(plainPolicies, collects), views, (policy, view) => {
      const { drop = [], abort } = askPolicy(policy, view);
      const waiting = view.waiting.filter((entry) => drop.every((dropped) => dropped.entry !== entry));
      const running = view.running && { ...view.running, isAborting: view.running.isAborting || abort !== undefined };
      const again = askPolicy(policy, { ...view, waiting, running });
      assert.deepEqual([again.drop ?? [], again.abort], [[], undefined]);
    }),
  );
});
