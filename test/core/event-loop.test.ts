/** The queue never hogs the event loop: however many short turns there are, timers and I/O come in between. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';

import { FakeClock } from './fake-clock.ts';

const shapes: readonly { readonly what: string; readonly keyOf: (number: number) => string }[] = [
  { what: 'of one session', keyOf: () => 'ada' },
  { what: 'of as many sessions', keyOf: (number) => `session ${number}` },
  { what: 'of a hundred sessions', keyOf: (number) => `session ${number % 100}` },
];

for (const { what, keyOf } of shapes) {
  test(`cuts a pass when short turns ${what} have taken 10 ms of it, whoever waits`, async () => {
    const clock = new FakeClock();
    const queue = createQueueWithClock({}, clock);
    const passes = countPasses();
    let mostInOnePass = 0;
    let inThisPass = 0;
    let passSeen = 0;
    const order: number[] = [];
    for (let number = 0; number < 500; number += 1) {
      void queue.enqueue(keyOf(number), () => {
        order.push(number);
        if (passes.count() !== passSeen) inThisPass = 0;
        passSeen = passes.count();
        inThisPass += 1;
        mostInOnePass = Math.max(mostInOnePass, inThisPass);
        clock.block(1);
      });
    }
    await queue.drained();
    passes.stop();
    assert.ok(mostInOnePass <= 32, `${mostInOnePass} turns of 1 ms each in one pass`);
    const inOrder = Array.from({ length: 500 }, (_, number) => number);
    // Sessions whose lines are as long as another's may take turns in any order.
    assert.deepEqual(what === 'of a hundred sessions' ? order.toSorted((one, other) => one - other) : order, inOrder);
  });
}

test('keeps order, exclusion and slots over the cuts', async () => {
  const clock = new FakeClock();
  const queue = createQueueWithClock({ concurrency: 3 }, clock);
  const running = new Set<string>();
  const orders = new Map<string, number[]>();
  for (let number = 0; number < 600; number += 1) {
    const key = `session ${number % 7}`;
    void queue.enqueue(key, async () => {
      assert.ok(!running.has(key));
      running.add(key);
      assert.ok(running.size <= 3);
      orders.set(key, [...(orders.get(key) ?? []), number]);
      clock.block(1);
      if (number % 3 === 0) await Promise.resolve();
      running.delete(key);
    });
  }
  await queue.drained();
  assert.equal(orders.size, 7);
  for (const [key, order] of orders) {
    const first = Number(key.slice(-1));
    assert.deepEqual(
      order,
      Array.from({ length: order.length }, (_, index) => first + 7 * index),
    );
  }
});

test('drops an entry that leaves while it waits for the next pass', async () => {
  const clock = new FakeClock();
  const queue = createQueueWithClock({}, clock);
  const controller = new AbortController();
  const ran: number[] = [];
  const results: Promise<unknown>[] = [];
  for (let number = 0; number < 100; number += 1) {
    const result = queue.enqueue(
      `session ${number}`,
      () => {
        ran.push(number);
        clock.block(5);
      },
      { signal: controller.signal },
    );
    results.push(
      result.then(
        () => 'ran',
        (error: { readonly code: string }) => error.code,
      ),
    );
  }
  // Within the pass that is cut: what it has no time for waits for the next one.
  for (let microtask = 0; microtask < 50; microtask += 1) await Promise.resolve();
  controller.abort();
  const outcomes = await Promise.all(results);
  assert.ok(ran.length > 0 && ran.length < 100, `${ran.length} ran`);
  for (const [number, outcome] of outcomes.entries()) assert.equal(outcome, ran.includes(number) ? 'ran' : 'aborted');
  assert.equal(queue.pending(), 0);
});

test('starts what came while starts were held back behind them, whether they come from a turn or from outside', async () => {
  const clock = new FakeClock();
  const queue = createQueueWithClock({}, clock);
  const started: string[] = [];
  const expected: string[] = [];
  const enqueue = (name: string, doMore?: () => void): void => {
    expected.push(name);
    void queue.enqueue(name, () => {
      started.push(name);
      clock.block(6);
      doMore?.();
    });
  };
  for (let number = 0; number < 9; number += 1) enqueue(`before ${number}`, () => enqueue(`from a turn ${number}`));
  // Two of them fill a pass.
  while (queue.pending() > 0) {
    await new Promise<void>((resolve) => {
      clock.nextPass(resolve);
    });
    if (expected.length < 40) enqueue(`from outside ${expected.length}`);
  }
  assert.deepEqual(started, expected);
});

test('starts the last one that was held back before what comes while it is let go', async () => {
  const clock = new FakeClock();
  const queue = createQueueWithClock({}, clock);
  const started: string[] = [];
  const enqueue = (name: string, task: () => void = () => undefined): void => {
    void queue.enqueue(name, () => {
      started.push(name);
      task();
    });
  };
  enqueue('takes all of a pass', () => clock.block(11));
  enqueue('held', () => enqueue('newcomer'));
  enqueue('last held');
  await queue.drained();
  assert.deepEqual(started, ['takes all of a pass', 'held', 'last held', 'newcomer']);
});

test('tells the caller of an entry that left the line at once, though the pass has no time left for turns', async () => {
  const clock = new LastingPass();
  const queue = createQueueWithClock({}, clock);
  void queue.enqueue('eve', () => new Promise(() => {}));
  for (const key of ['ada', 'bob', 'cleo']) void queue.enqueue(key, () => clock.block(100));
  queue.pause('dan');
  const controller = new AbortController();
  const { signal } = controller;
  const told: string[] = [];
  for (const key of ['dan', 'eve']) {
    queue
      .enqueue(key, () => 1, { signal })
      .catch((error: { readonly code: string }) => {
        told.push(`${key}: ${error.code}`);
      });
  }
  for (let microtask = 0; microtask < 20; microtask += 1) await Promise.resolve();
  assert.equal(queue.pending('cleo'), 1);
  controller.abort();
  for (let microtask = 0; microtask < 20; microtask += 1) await Promise.resolve();
  assert.deepEqual(told, ['dan: aborted', 'eve: aborted']);
});

/** A pass that never ends. */
class LastingPass extends FakeClock {
  override nextPass(): void {
    // The next one never comes.
  }
}

/** Counts passes of the event loop until it is stopped. */
function countPasses(): { readonly count: () => number; readonly stop: () => number } {
  const clock = new FakeClock();
  let passes = 0;
  let isStopped = false;
  const note = (): void => {
    if (isStopped) return;
    passes += 1;
    clock.nextPass(note);
  };
  clock.nextPass(note);
  return {
    count: () => passes,
    stop: () => {
      isStopped = true;
      return passes;
    },
  };
}
