/** What takes time in a queue with a store: backoff, delays, holds and what is remembered, on a clock that stands still. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import type { DurableQueue, DurableQueueOptions } from '#src/core/store.ts';
import { memory } from '#src/stores/memory.ts';

import { FakeClock } from '../core/fake-clock.ts';

type Options = Omit<DurableQueueOptions<string, string>, 'store' | 'run'>;

/** A queue whose turns fail when their message says so: `a` never, `a!` always. */
class Stage {
  readonly clock = new FakeClock();
  readonly store = memory();
  /** Who started when, since the beginning. */
  readonly started: string[] = [];
  queue: DurableQueue<string, string>;
  readonly #beginMs = this.clock.now();

  constructor(options: Options = {}) {
    this.queue = this.open(options);
  }

  open(options: Options = {}): DurableQueue<string, string> {
    this.queue = createQueueWithClock<string, string>(
      {
        run: async ({ input }) => {
          this.started.push(`${input} ${this.clock.now() - this.#beginMs}`);
          if (input.endsWith('!')) throw new Error('no');
          return input;
        },
        ...options,
        store: this.store,
      },
      this.clock,
    );
    return this.queue;
  }

  elapse(ms: number): Promise<void> {
    return this.clock.elapse(ms);
  }

  assertIdle(): void {
    const { queue, clock } = this;
    assert.deepEqual([queue.pending(), queue.inspect().sessions, clock.timers], [0, [], 0]);
  }
}

test('waits one second before the second attempt, twice as long before each further one, and a minute at most', async () => {
  const stage = new Stage({ attempts: 9 });
  void stage.queue.enqueue('ada', 'a!').outcome;
  await stage.elapse(1_000_000);
  const at = [0, 1000, 3000, 7000, 15_000, 31_000, 63_000, 123_000, 183_000];
  assert.deepEqual(
    stage.started,
    at.map((ms) => `a! ${ms}`),
  );
  stage.assertIdle();
});

test('waits as backoff says', async () => {
  const stage = new Stage({ attempts: 5, backoff: { firstMs: 10, factor: 3, maxMs: 100 } });
  void stage.queue.enqueue('ada', 'a!').outcome;
  await stage.elapse(1000);
  assert.deepEqual(stage.started, ['a! 0', 'a! 10', 'a! 40', 'a! 130', 'a! 230']);
});

test('waits the same time with a factor of 1, and not at all with a firstMs of 0', async () => {
  const steady = new Stage({ attempts: 3, backoff: { firstMs: 10, factor: 1 } });
  void steady.queue.enqueue('ada', 'a!').outcome;
  await steady.elapse(1000);
  assert.deepEqual(steady.started, ['a! 0', 'a! 10', 'a! 20']);
  const eager = new Stage({ attempts: 2000, backoff: { firstMs: 0 } });
  void eager.queue.enqueue('ada', 'a!').outcome;
  await eager.queue.drained();
  assert.equal(eager.started.length, 2000);
  assert.equal(eager.started.at(-1), 'a! 0');
});

test('holds the session and no other until the next attempt', async () => {
  const stage = new Stage({ attempts: 2, backoff: { firstMs: 100 } });
  void stage.queue.enqueue('ada', 'a!').outcome;
  void stage.queue.enqueue('ada', 'b');
  await stage.elapse(50);
  void stage.queue.enqueue('ben', 'c');
  void stage.queue.enqueue('ada', 'd');
  await stage.elapse(49);
  assert.equal(stage.queue.inspect('ada')?.state, 'held');
  assert.equal(stage.queue.pending('ada'), 3);
  await stage.elapse(1);
  assert.deepEqual(stage.started, ['a! 0', 'c 50', 'a! 100', 'b 100', 'd 100']);
  stage.assertIdle();
});

test('ends the hold when the entry that it is for is cancelled, or the whole session', async () => {
  const stage = new Stage({ attempts: 2, backoff: { firstMs: 100 } });
  const first = stage.queue.enqueue('ada', 'a!');
  void stage.queue.enqueue('ada', 'b');
  await stage.elapse(10);
  assert.ok(first.cancel());
  void first.outcome;
  await stage.elapse(0);
  assert.deepEqual(stage.started, ['a! 0', 'b 10']);
  void stage.queue.enqueue('ada', 'c!').outcome;
  await stage.elapse(0);
  assert.equal(stage.queue.cancel('ada').length, 1);
  stage.assertIdle();
  void stage.queue.enqueue('ada', 'd');
  await stage.elapse(0);
  assert.deepEqual(stage.started.slice(2), ['c! 10', 'd 10']);
});

test('goes on holding for the others when one of several that have failed together is cancelled', async () => {
  const stage = new Stage({
    attempts: 2,
    backoff: { firstMs: 100 },
    policy: ({ waiting, running }) => (running === undefined && waiting.length > 0 ? { start: waiting } : undefined),
  });
  const first = stage.queue.enqueue('ada', 'a');
  void stage.queue.enqueue('ada', 'b!').outcome;
  void first.outcome;
  await stage.elapse(10);
  assert.ok(first.cancel());
  await stage.elapse(80);
  assert.deepEqual(stage.started, ['b! 0']);
  await stage.elapse(10);
  assert.deepEqual(stage.started, ['b! 0', 'b! 100']);
});

test('closes at once while an attempt is waited for, and runs it in the next life without a wait', async () => {
  const stage = new Stage({ attempts: 2, backoff: { firstMs: 100 } });
  void stage.queue.enqueue('ada', 'a!', { id: 'a' }).outcome;
  await stage.elapse(10);
  const { unstarted } = await stage.queue.close();
  assert.deepEqual(unstarted, [{ key: 'ada', id: 'a', message: 'a!' }]);
  assert.equal(stage.clock.timers, 0);
  stage.open({ attempts: 2 });
  await stage.elapse(0);
  assert.deepEqual(stage.started, ['a! 0', 'a! 10']);
  assert.equal((await stage.queue.deadLetters.list()).length, 1);
});

test('brings delayed entries into line at their times, behind what is there', async () => {
  const stage = new Stage();
  void stage.queue.enqueue('ada', 'late', { delayMs: 200 });
  void stage.queue.enqueue('ada', 'soon', { at: new Date(stage.clock.wall() + 100) });
  void stage.queue.enqueue('ada', 'now', { at: new Date(0) });
  assert.equal(stage.queue.pending('ada'), 1);
  await stage.elapse(99);
  assert.deepEqual(stage.started, ['now 0']);
  await stage.elapse(1);
  await stage.elapse(100);
  assert.deepEqual(stage.started, ['now 0', 'soon 100', 'late 200']);
  stage.assertIdle();
});

test('puts a delayed entry behind what arrived before its time, for policies too', async () => {
  const arrivals: (readonly string[])[] = [];
  const stage = new Stage({
    policy: ({ waiting, running }) => {
      const inOrder = waiting.toSorted((one, other) => one.arrival - other.arrival);
      if (running === undefined && waiting.length > 1) arrivals.push(inOrder.map(({ message }) => message));
      return undefined;
    },
  });
  stage.queue.pause();
  void stage.queue.enqueue('ada', 'delayed', { delayMs: 10 });
  void stage.queue.enqueue('ada', 'first');
  await stage.elapse(10);
  stage.queue.resume();
  await stage.elapse(0);
  assert.deepEqual(arrivals[0], ['first', 'delayed']);
  assert.deepEqual(stage.started, ['first 10', 'delayed 10']);
});

test('lets delayed entries whose times come while nobody has the store arrive in the order of those, behind what waited', async () => {
  const stage = new Stage();
  stage.queue.pause();
  const options = [
    ['third', 30],
    ['second', 20],
    ['fourth', 500],
  ] as const;
  for (const [name, delayMs] of options) void stage.queue.enqueue('ada', name, { delayMs }).outcome;
  void stage.queue.enqueue('ada', 'first').outcome;
  await stage.elapse(0);
  await stage.queue.close();
  await stage.elapse(100);
  stage.open();
  await stage.elapse(1000);
  assert.deepEqual(stage.started, ['first 100', 'second 100', 'third 100', 'fourth 500']);
});

test('drops what has waited longer than its ttlMs while nobody had the store, and tells onDrop', async () => {
  const stage = new Stage();
  stage.queue.pause();
  void stage.queue.enqueue('ada', 'short', { id: 'short', ttlMs: 50 }).outcome;
  void stage.queue.enqueue('ada', 'long', { id: 'long', ttlMs: 150 }).outcome;
  await stage.elapse(10);
  await stage.queue.close();
  await stage.elapse(90);
  const dropped: unknown[] = [];
  stage.open({ onDrop: (entry) => dropped.push(entry) });
  stage.queue.pause();
  await stage.elapse(49);
  assert.deepEqual(dropped, [{ key: 'ada', id: 'short', message: 'short', code: 'expired' }]);
  assert.equal(stage.queue.pending('ada'), 1);
  await stage.elapse(1);
  assert.equal(stage.queue.pending('ada'), 0);
  await assert.rejects(stage.queue.ticket('ada', 'short'), { code: 'unknown' });
  assert.deepEqual(stage.started, []);
});

test('expires no entry any more that has been in time once', async () => {
  const stage = new Stage({ attempts: 2, backoff: { firstMs: 100 } });
  const ticket = stage.queue.enqueue('ada', 'a!', { ttlMs: 50 });
  void ticket.outcome;
  await stage.elapse(100);
  assert.deepEqual(stage.started, ['a! 0', 'a! 100']);
});

test('remembers an end for rememberMs, in this life and the next, and a dead letter for as long as it is one', async () => {
  const stage = new Stage({ rememberMs: 100 });
  void stage.queue.enqueue('ada', 'a', { id: 'a' });
  void stage.queue.enqueue('ada', 'b!', { id: 'b' }).outcome;
  await stage.elapse(50);
  await stage.queue.close();
  stage.open({ rememberMs: 100 });
  await stage.elapse(49);
  assert.equal(await stage.queue.ticket('ada', 'a'), 'a');
  await stage.elapse(1);
  await assert.rejects(stage.queue.ticket('ada', 'a'), { code: 'unknown' });
  await assert.rejects(stage.queue.ticket('ada', 'b'), /no/);
  await stage.elapse(1000);
  await assert.rejects(stage.queue.enqueue('ada', 'c', { id: 'b' }), /no/);
  assert.deepEqual(stage.started, ['a 0', 'b! 0']);
});

test('puts a dead letter that is retried before what was enqueued behind it in the same moment', async () => {
  const stage = new Stage();
  let hasFailed = false;
  await stage.queue.close();
  const queue = createQueueWithClock<string, string>(
    {
      run: async ({ input }) => {
        stage.started.push(input);
        if (input !== 'a' || hasFailed) return input;
        hasFailed = true;
        throw new Error('once');
      },
      store: stage.store,
    },
    // Its wall clock is coarser, as all are.
    Object.assign(Object.create(stage.clock) as FakeClock, {
      now: () => stage.clock.now() + 0.7,
      wall: () => Math.floor(stage.clock.wall() / 16) * 16,
      setTimer: stage.clock.setTimer.bind(stage.clock),
      nextPass: stage.clock.nextPass.bind(stage.clock),
    }),
  );
  void queue.enqueue('ada', 'a').outcome;
  await stage.elapse(0);
  queue.pause();
  void queue.enqueue('ada', 'b');
  void queue.enqueue('ada', 'c');
  await stage.elapse(7);
  assert.equal(await queue.deadLetters.retry('ada'), 1);
  queue.resume();
  await stage.elapse(0);
  assert.deepEqual(stage.started, ['a', 'a', 'b', 'c']);
});

test('keeps the place of what is to be tried again before whatever comes with a head start', async () => {
  const stage = new Stage({ attempts: 2 });
  void stage.queue.enqueue('ada', 'a!').outcome;
  await stage.elapse(10);
  void stage.queue.enqueue('ada', 'urgent', { priority: 3600 });
  await stage.elapse(5000);
  assert.deepEqual(stage.started, ['a! 0', 'a! 1000', 'urgent 1000']);
  stage.assertIdle();
});
