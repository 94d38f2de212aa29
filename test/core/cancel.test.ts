/** `cancel(key)`: takes everything of a session in one step. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Stage } from './stage.ts';

test('hands back what waited, in order, and tells the callers', async () => {
  const stage = new Stage();
  for (const name of ['first', 'second', 'third']) void stage.enqueue('ada', name);
  void stage.enqueue('bob', 'of bob');
  await stage.settle();
  const unstarted = stage.queue.cancel('ada');
  assert.deepEqual(
    unstarted.map(({ key, id }) => ({ key, id })),
    [
      { key: 'ada', id: '2' },
      { key: 'ada', id: '3' },
    ],
  );
  await stage.settle();
  assert.deepEqual(stage.told.toSorted(), ['first: cancelled', 'second: cancelled', 'third: cancelled']);
  assert.match(stage.error('second').message, /"ada"/);
  await stage.end('first');
  assert.deepEqual(stage.started, ['first', 'of bob']);
  assert.deepEqual(stage.running, ['of bob']);
});

test('hands back tasks that can be enqueued again', async () => {
  const stage = new Stage();
  stage.queue.pause('ada');
  void stage.enqueue('ada', 'first');
  void stage.enqueue('ada', 'second');
  const unstarted = stage.queue.cancel('ada');
  stage.queue.resume('ada');
  for (const { key, task } of unstarted) void stage.watch('again', stage.queue.enqueue(key, task));
  await stage.endAll();
  assert.deepEqual(stage.started, ['first', 'second']);
  assert.deepEqual(stage.told, ['first: cancelled', 'second: cancelled', 'again: first', 'again: second']);
});

test('hands back what was about to start, which then never runs', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'first');
  void stage.enqueue('ada', 'second');
  const unstarted = stage.queue.cancel('ada');
  assert.deepEqual(
    unstarted.map(({ id }) => id),
    ['1', '2'],
  );
  assert.equal(stage.queue.pending(), 0);
  await stage.settle();
  assert.deepEqual(stage.started, []);
  assert.deepEqual(stage.told.toSorted(), ['first: cancelled', 'second: cancelled']);
});

test('tells the caller of the running turn at once, though the task ignores its signal', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'deaf');
  await stage.settle();
  assert.deepEqual(stage.queue.cancel('ada'), []);
  assert.equal(stage.turn('deaf').signal.aborted, true);
  await stage.settle();
  assert.deepEqual(stage.told, ['deaf: cancelled']);
  assert.equal(stage.turn('deaf').signal.reason, stage.error('deaf'));
  assert.equal(stage.queue.pending('ada'), 1);
});

test('keeps the lane closed until the cancelled turn has ended, and never touches what comes later', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'deaf');
  await stage.settle();
  stage.queue.cancel('ada');
  void stage.enqueue('ada', 'later');
  await stage.settle();
  assert.deepEqual(stage.started, ['deaf']);
  await stage.end('deaf');
  assert.deepEqual(stage.running, ['later']);
  assert.equal(stage.turn('later').signal.aborted, false);
  await stage.end('later');
  assert.deepEqual(stage.told, ['deaf: cancelled', 'later: later']);
});

test('leaves the turn that it has aborted as it is, and takes what waits behind it', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'deaf');
  await stage.settle();
  stage.queue.cancel('ada');
  const reason: unknown = stage.turn('deaf').signal.reason;
  void stage.enqueue('ada', 'later');
  assert.equal(stage.queue.cancel('ada').length, 1);
  await stage.settle();
  assert.deepEqual(stage.told, ['deaf: cancelled', 'later: cancelled']);
  assert.equal(stage.turn('deaf').signal.reason, reason);
});

test('does nothing to an idle session', async () => {
  const stage = new Stage();
  assert.deepEqual(stage.queue.cancel('ada'), []);
  void stage.enqueue('ada', 'first');
  await stage.endAll();
  assert.deepEqual(stage.queue.cancel('ada'), []);
  assert.deepEqual(stage.told, ['first: first']);
});

test('can be called from inside the turn that it cancels', async () => {
  const stage = new Stage();
  const inside = stage.queue.enqueue('ada', async ({ signal }) => {
    const unstarted = stage.queue.cancel('ada');
    assert.equal(signal.aborted, true);
    void stage.enqueue('ada', 'enqueued afterwards');
    await Promise.resolve();
    stage.told.push(`handed back ${unstarted.length}`);
    return 'dropped';
  });
  void stage.watch('inside', inside);
  void stage.enqueue('ada', 'waiting');
  await stage.settle();
  assert.deepEqual(stage.told.toSorted(), ['handed back 1', 'inside: cancelled', 'waiting: cancelled']);
  assert.deepEqual(stage.running, ['enqueued afterwards']);
});

test('takes what its own abort listeners cancel once', async () => {
  const stage = new Stage();
  for (const name of ['first', 'second']) void stage.enqueue('ada', name);
  await stage.settle();
  let again: unknown;
  stage.turn('first').signal.addEventListener('abort', () => {
    again = stage.queue.cancel('ada');
  });
  assert.equal(stage.queue.cancel('ada').length, 1);
  assert.deepEqual(again, []);
  await stage.end('first');
  assert.deepEqual(stage.told.toSorted(), ['first: cancelled', 'second: cancelled']);
  assert.equal(stage.queue.pending(), 0);
});

test('takes everything of a session that waits for a slot, and of a paused one', async () => {
  const stage = new Stage({ concurrency: 1 });
  void stage.enqueue('ada', 'of ada');
  void stage.enqueue('bob', 'of bob');
  stage.queue.pause('cleo');
  void stage.enqueue('cleo', 'of cleo');
  await stage.settle();
  assert.equal(stage.queue.cancel('bob').length, 1);
  assert.equal(stage.queue.cancel('cleo').length, 1);
  assert.equal(stage.queue.pending(), 1);
  await stage.end('of ada');
  stage.queue.resume('cleo');
  await stage.settle();
  assert.deepEqual(stage.started, ['of ada']);
  assert.equal(stage.queue.pending(), 0);
});

test('gives each caller an error of its own', async () => {
  const stage = new Stage();
  const names = ['first', 'second', 'third'];
  for (const name of names) void stage.enqueue('ada', name);
  await stage.settle();
  stage.queue.cancel('ada');
  await stage.settle();
  assert.equal(new Set(names.map((name) => stage.error(name))).size, 3);
});

for (const concurrency of [Infinity, 1]) {
  const under = concurrency === 1 ? ' under concurrency 1' : '';
  test(`takes 5,000 entries of one session at once${under}, and lets it go on`, async () => {
    const stage = new Stage({ concurrency });
    const controller = new AbortController();
    const { signal } = controller;
    void stage.enqueue('ada', 'running');
    await stage.settle();
    const results: Promise<unknown>[] = [];
    for (let number = 0; number < 5000; number += 1) {
      results.push(stage.queue.enqueue('ada', () => 1, number % 2 === 0 ? { signal } : undefined));
    }
    controller.abort();
    assert.equal(stage.queue.pending(), 2501);
    assert.equal(stage.queue.cancel('ada').length, 2500);
    const outcomes = await Promise.allSettled(results);
    assert.ok(outcomes.every(({ status }) => status === 'rejected'));
    void stage.enqueue('ada', 'next');
    await stage.end('running');
    assert.deepEqual(stage.running, ['next']);
  });
}
