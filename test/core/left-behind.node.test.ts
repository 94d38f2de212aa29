/** Nothing stays behind: no listener on a signal, no timer, and no memory of an idle session. */
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';

import { runAlone } from './run-alone.ts';
import { Stage } from './stage.ts';

function listenersOn(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length;
}

const endings: readonly {
  readonly how: string;
  readonly isWaiting: boolean;
  readonly act: (stage: Stage, controller: AbortController) => unknown;
}[] = [
  { how: 'succeeded', isWaiting: false, act: (stage) => stage.end('subject') },
  { how: 'failed', isWaiting: false, act: (stage) => stage.fail('subject', new Error('on purpose')) },
  { how: 'was out of time', isWaiting: false, act: (stage) => stage.elapse(500) },
  { how: 'was cancelled while it ran', isWaiting: false, act: (stage) => stage.queue.cancel('ada') },
  { how: 'was aborted while it ran', isWaiting: false, act: (_, controller) => controller.abort() },
  { how: 'expired', isWaiting: true, act: (stage) => stage.elapse(100) },
  { how: 'was cancelled while it waited', isWaiting: true, act: (stage) => stage.queue.cancel('ada') },
  { how: 'was aborted while it waited', isWaiting: true, act: (_, controller) => controller.abort() },
  { how: 'was closed', isWaiting: true, act: (stage) => void stage.queue.close({ drainMs: 0 }) },
];

for (const { how, isWaiting, act } of endings) {
  test(`leaves no listener on the signal of an entry that ${how}`, async () => {
    const stage = new Stage({ timeoutMs: 500 });
    const controller = new AbortController();
    if (isWaiting) stage.queue.pause();
    void stage.enqueue('ada', 'subject', { signal: controller.signal, ttlMs: 100 });
    await stage.settle();
    assert.equal(listenersOn(controller.signal), 1);
    await act(stage, controller);
    assert.equal(listenersOn(controller.signal), 0);
  });
}

test('puts no listener on the signal of an entry that is refused', async () => {
  const stage = new Stage({ maxPending: 1 });
  void stage.enqueue('ada', 'first');
  const { signal } = new AbortController();
  await assert.rejects(stage.enqueue('ada', 'second', { signal }), { code: 'full' });
  stage.queue.stop();
  await assert.rejects(stage.enqueue('ada', 'third', { signal }), { code: 'stopped' });
  assert.equal(listenersOn(signal), 0);
});

test('can use one signal for any number of entries, one after another', async () => {
  const stage = new Stage();
  const { signal } = new AbortController();
  for (let number = 0; number < 50; number += 1) {
    void stage.enqueue('ada', `task ${number}`, { signal });
    await stage.settle();
    assert.equal(listenersOn(signal), 1);
    await stage.end(`task ${number}`);
  }
  assert.equal(listenersOn(signal), 0);
});

test('frees what a task held, what it gave and what it threw once nobody else holds it', async () => {
  const { result } = await runAlone(async ({ createSessionQueue, collectGarbage }) => {
    const queue = createSessionQueue({ timeoutMs: 60_000, concurrency: 5 });
    queue.subscribe(() => undefined);
    const refs = new Map<string, WeakRef<object>>();
    const watch = <Watched extends object>(name: string, object: Watched): Watched => {
      refs.set(name, new WeakRef(object));
      return object;
    };
    const controller = new AbortController();
    const run = async (): Promise<void> => {
      const held = watch('held by a task', { big: true });
      const first = queue.enqueue('ada', () => held.big);
      await watch('promise of drained', queue.drained());
      await first;
      await queue.enqueue('ada', () => watch('value', {}));
      await queue.enqueue('ada', (turn) => void watch('turn', turn));
      await queue.enqueue('ada', (turn) => void watch('signal of a turn', turn.signal));
      await queue.enqueue('bob', () => Promise.reject(watch('error', new Error('on purpose')))).catch(() => undefined);
      queue.pause('cleo');
      const dropped = watch('held by a dropped task', { big: true });
      const entry = queue.enqueue('cleo', () => dropped.big, { signal: controller.signal });
      const cancelled = watch('held by a cancelled task', { big: true });
      const other = queue.enqueue('cleo', () => cancelled.big, { ttlMs: 1e9 });
      controller.abort();
      queue.cancel('cleo');
      await Promise.allSettled([entry, other]);
    };
    await run();
    await collectGarbage();
    const kept = [...refs].filter(([, ref]) => ref.deref() !== undefined).map(([name]) => name);
    // Read after the collection, so that the queue and the signal are surely still there.
    return { kept, watched: refs.size, pending: queue.pending(), isAborted: controller.signal.aborted };
  });
  assert.deepEqual(result, { kept: [], watched: 8, pending: 0, isAborted: true });
});

test('frees what a task held and gave, although the context of its turn lives on in a timer', async () => {
  const { result } = await runAlone(async ({ createSessionQueue, collectGarbage }) => {
    const queue = createSessionQueue();
    const refs = new Map<string, WeakRef<object>>();
    const timers: ReturnType<typeof setInterval>[] = [];
    // Made out here, so that nothing but the async context leads from the timer to the turn.
    const startTimer = (): void => {
      timers.push(setInterval(startTimer, 1e6));
    };
    const run = async (): Promise<void> => {
      const held = { isBig: true };
      refs.set('held by the task', new WeakRef(held));
      const value = await queue.enqueue('ada', () => {
        startTimer();
        return { of: held };
      });
      refs.set('value', new WeakRef(value));
      const error = await queue
        .enqueue('ada', () => {
          startTimer();
          throw new Error('on purpose');
        })
        .catch((error: Error) => error);
      refs.set('error', new WeakRef(error));
    };
    await run();
    await collectGarbage();
    const kept = [...refs].filter(([, ref]) => ref.deref() !== undefined).map(([name]) => name);
    for (const timer of timers) clearInterval(timer);
    return { kept, timers: timers.length };
  });
  assert.deepEqual(result, { kept: [], timers: 2 });
});

const churns: readonly { readonly what: string; readonly options: object; readonly churn: string }[] = [
  { what: 'sessions that have run', options: {}, churn: 'run' },
  { what: 'sessions that have run under concurrency', options: { concurrency: 3 }, churn: 'run' },
  {
    what: 'sessions that lost their only entry while they waited for a slot',
    options: { concurrency: 1 },
    churn: 'leave',
  },
  { what: 'sessions that were cancelled when they were about to start', options: {}, churn: 'leave' },
  { what: 'sessions that failed', options: {}, churn: 'fail' },
];

for (const { what, options, churn } of churns) {
  test(`keeps no memory of 30,000 ${what}`, async () => {
    const source = { options, churn };
    const { result } = await runAlone(
      async ({ createSessionQueue, collectGarbage, settle }) => {
        const { options, churn } = JSON.parse((globalThis as { source?: string }).source ?? '') as typeof source;
        const queue = createSessionQueue(options);
        let end: () => void = () => undefined;
        // Holds a lane, and the only slot where there is but one.
        void queue.enqueue(
          'holder',
          () =>
            new Promise<void>((resolve) => {
              end = resolve;
            }),
        );
        const round = async (from: number): Promise<void> => {
          for (let number = from; number < from + 1000; number += 1) {
            const key = `session ${number}`;
            const entry = queue.enqueue(key, () => {
              if (churn === 'fail') throw new Error('on purpose');
            });
            entry.catch(() => undefined);
            if (churn === 'leave') queue.cancel(key);
          }
          while (queue.pending() > 1) await settle();
        };
        const heapBytes = async (): Promise<number> => {
          await collectGarbage();
          return process.memoryUsage().heapUsed;
        };
        for (let number = 0; number < 10; number += 1) await round(number * 1000);
        const before = await heapBytes();
        for (let number = 10; number < 40; number += 1) await round(number * 1000);
        const bytesPerSession = ((await heapBytes()) - before) / 30_000;
        const { sessions } = queue.inspect();
        end();
        return { bytesPerSession, sessions: sessions.length };
      },
      `() => { globalThis.source = ${JSON.stringify(JSON.stringify(source))}; }`,
    );
    assert.equal(result.sessions, 1);
    // A key alone, if it were kept, would take 24 bytes and more.
    assert.ok(result.bytesPerSession < 8, `${result.bytesPerSession} bytes are left of each session`);
  });
}

test('keeps no memory of turns that had to wait for the next pass, though some always do', async () => {
  const { result } = await runAlone(async ({ createQueueWithClock, collectGarbage, settle }) => {
    let nowMs = 0;
    const clock = {
      now: () => nowMs,
      wall: () => nowMs,
      setTimer: () => ({ clear: () => undefined }),
      nextPass: (callback: () => void) => void setImmediate(callback),
    };
    const queue = createQueueWithClock({}, clock);
    let ran = 0;
    let isOn = true;
    // Each of them goes on and on, and a pass has room for a few: the queue is never at rest.
    const goOn = (key: string): void => {
      void queue.enqueue(key, () => {
        nowMs += 5;
        ran += 1;
        if (isOn) goOn(key);
      });
    };
    const run = async (until: number): Promise<number> => {
      const hasRun = (): boolean => ran >= until;
      while (!hasRun()) await settle();
      await collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    for (let number = 0; number < 200; number += 1) goOn(`session ${number}`);
    const before = await run(20_000);
    const startedAt = ran;
    const bytesPerTurn = ((await run(60_000)) - before) / (ran - startedAt);
    const isBusy = queue.pending() > 100;
    isOn = false;
    await queue.drained();
    return { bytesPerTurn, isBusy };
  });
  assert.equal(result.isBusy, true);
  assert.ok(result.bytesPerTurn < 16, `${result.bytesPerTurn} bytes are left of each turn`);
});
