/** `drained()`: nothing waits and nothing runs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSessionQueue } from '#src/index.ts';

import { Stage } from './stage.ts';

test('resolves at once when the queue is idle', async () => {
  const queue = createSessionQueue();
  assert.equal(await queue.drained(), undefined);
});

test('resolves for everyone when the last entry of all sessions has ended, and counts are 0 then', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'first');
  void stage.enqueue('ada', 'second');
  void stage.enqueue('bob', 'of bob');
  const counts: string[] = [];
  for (const who of ['one', 'other']) {
    void stage.queue.drained().then(() => counts.push(`${who}: ${stage.queue.pending()}`));
  }
  await stage.settle();
  await stage.end('first');
  await stage.end('of bob');
  assert.deepEqual(counts, []);
  await stage.end('second');
  assert.deepEqual(counts, ['one: 0', 'other: 0']);
});

test('waits for what the last turn enqueues, too', async () => {
  const stage = new Stage();
  let isDrained = false;
  void stage.queue.enqueue('ada', () => void stage.enqueue('bob', 'of bob'));
  void stage.queue.drained().then(() => {
    isDrained = true;
  });
  await stage.settle();
  assert.equal(isDrained, false);
  await stage.end('of bob');
  assert.equal(isDrained, true);
});

test('resolves although everything failed', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'fails');
  const drained = stage.queue.drained();
  await stage.settle();
  await stage.fail('fails', new Error('on purpose'));
  assert.equal(await drained, undefined);
});

test('can be asked for again and again', async () => {
  const stage = new Stage();
  for (let round = 0; round < 3; round += 1) {
    void stage.enqueue('ada', 'task');
    const drained = stage.queue.drained();
    await stage.endAll();
    await drained;
  }
  assert.equal(stage.told.length, 3);
});

test('resolves when the last entry leaves without having run', async () => {
  const stage = new Stage();
  let isDrained = false;
  stage.queue.pause();
  void stage.enqueue('ada', 'expires', { ttlMs: 10 });
  void stage.enqueue('bob', 'is cancelled');
  void stage.queue.drained().then(() => {
    isDrained = true;
  });
  await stage.elapse(10);
  assert.equal(isDrained, false);
  stage.queue.cancel('bob');
  await stage.settle();
  assert.equal(isDrained, true);
});

test('waits for an aborted turn until it has ended or its lane was released', async () => {
  for (const graceMs of [Infinity, 50]) {
    const stage = new Stage({ timeoutMs: 100, graceMs });
    let isDrained = false;
    void stage.enqueue('ada', 'slow');
    void stage.queue.drained().then(() => {
      isDrained = true;
    });
    await stage.elapse(149);
    assert.equal(isDrained, false);
    if (graceMs === Infinity) await stage.end('slow');
    else await stage.elapse(1);
    assert.equal(isDrained, true);
  }
});

test('waits while anything is paused', async () => {
  const stage = new Stage();
  let isDrained = false;
  stage.queue.pause('ada');
  void stage.enqueue('ada', 'paused');
  void stage.queue.drained().then(() => {
    isDrained = true;
  });
  await stage.elapse(10_000);
  assert.equal(isDrained, false);
  stage.queue.resume('ada');
  await stage.endAll();
  assert.equal(isDrained, true);
});
