/** `stop` and `pending`: what a handler of SIGTERM relies on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSessionQueue, QueueError } from '#src/index.ts';
import type { EntryOptions, QueueOptions } from '#src/index.ts';

import { Stage, queueErrorOf } from './stage.ts';

test('rejects with the exact message after a stop, each time with an error of its own', async () => {
  const queue = createSessionQueue();
  queue.stop();
  const [one, other] = await Promise.all([
    queueErrorOf(queue.enqueue('ada', () => 1)),
    queueErrorOf(queue.enqueue('bob', () => 1)),
  ]);
  assert.equal(one.message, 'Queue has been stopped');
  assert.equal(one.code, 'stopped');
  assert.equal(one.name, 'QueueError');
  assert.equal(String(one), 'QueueError: Queue has been stopped');
  assert.ok(one instanceof Error && one instanceof QueueError);
  assert.notEqual(one, other);
  assert.equal(queue.pending(), 0);
});

test('still runs after a stop what was queued before, and tells the truth until the last has ended', async () => {
  const stage = new Stage();
  for (const name of ['first', 'second', 'third']) void stage.enqueue('ada', name);
  void stage.enqueue('bob', 'of bob');
  await stage.settle();
  stage.queue.stop();
  assert.equal(stage.queue.pending(), 4);
  await assert.rejects(stage.enqueue('ada', 'too late'), { code: 'stopped' });
  assert.equal(stage.queue.pending(), 4);
  await stage.end('first');
  assert.equal(stage.queue.pending(), 3);
  assert.equal(stage.queue.pending('ada'), 2);
  await stage.end('of bob');
  await stage.end('second');
  assert.equal(stage.queue.pending(), 1);
  await stage.end('third');
  assert.equal(stage.queue.pending(), 0);
  assert.deepEqual(stage.started, ['first', 'of bob', 'second', 'third']);
});

test('can be stopped from inside a turn and again, without a further effect', async () => {
  const stage = new Stage();
  const events = stage.listen();
  const inner = stage.queue.enqueue('ada', () => {
    stage.queue.stop();
    stage.queue.stop();
    return queueErrorOf(stage.queue.enqueue('bob', () => 1));
  });
  void stage.enqueue('ada', 'second');
  assert.equal((await inner).code, 'stopped');
  await stage.settle();
  await stage.end('second');
  assert.deepEqual(stage.told, ['second: second']);
  assert.equal(events.filter(({ type }) => type === 'stopped').length, 1);
  assert.equal(stage.queue.inspect().stopped, true);
});

test('keeps what is paused over a stop, and runs it after a resume', async () => {
  const stage = new Stage();
  stage.queue.pause('ada');
  void stage.enqueue('ada', 'first');
  stage.queue.stop();
  await stage.settle();
  assert.equal(stage.queue.pending(), 1);
  stage.queue.resume('ada');
  await stage.endAll();
  assert.deepEqual(stage.told, ['first: first']);
});

test('counts what waits and what runs, of one session and of all', async () => {
  const stage = new Stage();
  assert.equal(stage.queue.pending(), 0);
  assert.equal(stage.queue.pending('ada'), 0);
  void stage.enqueue('ada', 'first');
  assert.equal(stage.queue.pending('ada'), 1);
  void stage.enqueue('ada', 'second');
  void stage.enqueue('bob', 'of bob');
  assert.equal(stage.queue.pending('ada'), 2);
  assert.equal(stage.queue.pending('bob'), 1);
  assert.equal(stage.queue.pending('nobody'), 0);
  assert.equal(stage.queue.pending(), 3);
  await stage.settle();
  assert.equal(stage.queue.pending(), 3);
  await stage.end('first');
  assert.equal(stage.queue.pending('ada'), 1);
  assert.equal(stage.queue.pending(), 2);
});

test('counts a turn in its own code', async () => {
  const queue = createSessionQueue();
  const counts = await queue.enqueue('ada', async () => {
    const atStart = queue.pending('ada');
    await Promise.resolve();
    return [atStart, queue.pending('ada'), queue.pending()];
  });
  assert.deepEqual(counts, [1, 1, 1]);
});

interface Ending {
  readonly how: string;
  readonly queue?: QueueOptions;
  readonly entry?: (controller: AbortController) => EntryOptions;
  /** Makes it come about, once the entry is in its place. */
  readonly act: (stage: Stage, controller: AbortController) => Promise<void> | void;
  /** The entry whose caller is looked at: the one that runs, or the one behind it. */
  readonly which: 'running' | 'waiting';
}

const endings: readonly Ending[] = [
  { how: 'its task succeeded', which: 'running', act: (stage) => stage.end('subject') },
  { how: 'its task failed', which: 'running', act: (stage) => stage.fail('subject', new Error('on purpose')) },
  {
    how: 'its signal took it out of the line',
    which: 'waiting',
    entry: ({ signal }) => ({ signal }),
    act: (_, controller) => controller.abort(),
  },
  { how: 'it expired', which: 'waiting', entry: () => ({ ttlMs: 10 }), act: (stage) => stage.elapse(10) },
  { how: 'it was cancelled', which: 'waiting', act: (stage) => void stage.queue.cancel('ada') },
  { how: 'the queue was closed', which: 'waiting', act: (stage) => void stage.queue.close({ drainMs: 0 }) },
];

for (const ending of endings) {
  test(`no longer counts an entry when the code that awaited it goes on, because ${ending.how}`, async () => {
    const stage = new Stage(ending.queue);
    const controller = new AbortController();
    // The cancelled and the closed one wait behind a pause, since nothing may be left when they are gone.
    if (ending.which === 'waiting') stage.queue.pause('ada');
    const entry = stage.enqueue('ada', 'subject', ending.entry?.(controller));
    const seen = { afterThen: -1, afterAwait: -1, ofAll: -1, inFinally: -1 };
    const goesOn = (): void => {
      seen.afterThen = stage.queue.pending('ada');
    };
    const awaiting = (async () => {
      try {
        await entry;
      } catch {
        // How it ended is another test's matter.
      }
      seen.afterAwait = stage.queue.pending('ada');
      seen.ofAll = stage.queue.pending();
    })();
    const noting = entry.then(goesOn, goesOn);
    const finalising = entry
      .finally(() => {
        seen.inFinally = stage.queue.pending('ada');
      })
      .catch(() => undefined);
    await stage.settle();
    await ending.act(stage, controller);
    await Promise.all([awaiting, noting, finalising]);
    assert.deepEqual(seen, { afterThen: 0, afterAwait: 0, ofAll: 0, inFinally: 0 });
    assert.equal(stage.queue.inspect('ada'), undefined);
  });
}

test('counts only what is left when the caller of the one before goes on', async () => {
  const stage = new Stage();
  const counts: number[] = [];
  const entries = ['first', 'second', 'third'].map((name) => stage.enqueue('ada', name));
  for (const entry of entries) void entry.then(() => counts.push(stage.queue.pending('ada')));
  await stage.endAll();
  assert.deepEqual(counts, [2, 1, 0]);
});

test('counts a turn that overstays its abort until its task has ended', async () => {
  const stage = new Stage({ timeoutMs: 10 });
  void stage.enqueue('ada', 'slow');
  await stage.elapse(10);
  assert.deepEqual(stage.told, ['slow: timeout']);
  assert.equal(stage.queue.pending('ada'), 1);
  await stage.end('slow');
  assert.equal(stage.queue.pending('ada'), 0);
  assert.equal(stage.queue.pending(), 0);
});
