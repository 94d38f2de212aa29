/** The same id is the same message: it joins the first, for as long as that is known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { collect, latest, reject } from '#src/policies/index.ts';

import { Stage } from './stage.ts';

test('joins the ticket of the first while that waits, while it runs, and after it has ended', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'runs');
  const first = stage.enqueue('ada', 'a', { id: 'same' });
  assert.equal(stage.queue.enqueue('ada', 'again', { id: 'same' }), first, 'waiting');
  await stage.settle();
  await stage.end('runs');
  assert.equal(stage.queue.enqueue('ada', 'again', { id: 'same' }), first, 'running');
  await stage.end('a');
  assert.equal(stage.queue.enqueue('ada', 'again', { id: 'same' }), first, 'ended');
  assert.equal(await first, 'a');
  assert.deepEqual(stage.started, ['runs', 'a']);
  stage.assertIdle();
});

test('counts and tells a message that joins another one just once', async () => {
  const stage = new Stage();
  const events = stage.listen();
  void stage.queue.enqueue('ada', 'a', { id: 'same' });
  void stage.queue.enqueue('ada', 'a', { id: 'same' });
  assert.equal(stage.queue.pending(), 1);
  await stage.endAll();
  assert.equal(events.filter(({ type }) => type === 'enqueued').length, 1);
  assert.equal(events.filter(({ type }) => type === 'settled').length, 1);
});

test('runs an id again once rememberMs has gone by since its end', async () => {
  const stage = new Stage({ rememberMs: 100 });
  const first = stage.enqueue('ada', 'a', { id: 'same' });
  await stage.elapse(1000);
  await stage.end('a');
  await stage.elapse(99);
  assert.equal(stage.queue.enqueue('ada', 'a', { id: 'same' }), first);
  await stage.elapse(1);
  const second = stage.enqueue('ada', 'a', { id: 'same' });
  assert.notEqual(second, first);
  await stage.settle();
  assert.equal(stage.queue.enqueue('ada', 'a', { id: 'same' }), second);
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'a']);
});

test('remembers for five minutes where nothing else was asked for, and not at all for a rememberMs of 0', async () => {
  for (const { rememberMs, knownMs } of [
    { rememberMs: undefined, knownMs: 300_000 },
    { rememberMs: 0, knownMs: 0 },
  ]) {
    const stage = new Stage({ rememberMs });
    const first = stage.enqueue('ada', 'a', { id: 'same' });
    await stage.endAll();
    if (knownMs > 0) {
      await stage.elapse(knownMs - 1);
      assert.equal(stage.queue.enqueue('ada', 'a', { id: 'same' }), first);
      await stage.elapse(1);
    }
    assert.notEqual(stage.enqueue('ada', 'a', { id: 'same' }), first);
    await stage.endAll();
  }
});

test('remembers the youngest rememberMax ends, and however many run', async () => {
  const stage = new Stage({ rememberMax: 2 });
  const ids = ['a', 'b', 'c'];
  const tickets = ids.map((id) => stage.enqueue(`session of ${id}`, id, { id }));
  await stage.settle();
  for (const [index, id] of ids.entries()) {
    assert.equal(stage.queue.enqueue(`session of ${id}`, id, { id }), tickets[index], 'runs');
  }
  // In the order of their ends: b, c, a.
  for (const id of ['b', 'c', 'a']) await stage.end(id);
  const isKnown = ids.map((id, index) => stage.queue.enqueue(`session of ${id}`, id, { id }) === tickets[index]);
  assert.deepEqual(isKnown, [true, false, true]);
  await stage.endAll();
});

const forgotten: readonly { readonly how: string; readonly drop: (stage: Stage) => Promise<unknown> }[] = [
  {
    how: 'was cancelled',
    drop: async (stage) => {
      await stage.enqueueAll('ada', 'runs');
      stage.enqueue('ada', 'a', { id: 'same' }).cancel();
    },
  },
  {
    how: 'was cancelled with its session',
    drop: async (stage) => {
      void stage.enqueue('ada', 'a', { id: 'same' });
      stage.queue.cancel('ada');
    },
  },
  {
    how: 'expired',
    drop: async (stage) => {
      await stage.enqueueAll('ada', 'runs');
      void stage.enqueue('ada', 'a', { id: 'same', ttlMs: 5 });
      await stage.elapse(5);
    },
  },
  {
    how: 'left by its signal',
    drop: async (stage) => {
      await stage.enqueueAll('ada', 'runs');
      const controller = new AbortController();
      void stage.enqueue('ada', 'a', { id: 'same', signal: controller.signal });
      controller.abort();
    },
  },
  {
    how: 'was refused because its signal had aborted',
    drop: async (stage) => void stage.enqueue('ada', 'a', { id: 'same', signal: AbortSignal.abort() }),
  },
];

for (const { how, drop } of forgotten) {
  test(`takes an id again that ${how}`, async () => {
    const stage = new Stage();
    await drop(stage);
    await stage.settle();
    const again = stage.enqueue('ada', 'a', { id: 'same' });
    await stage.endAll();
    assert.equal(await again, 'a');
    stage.assertIdle();
  });
}

test('takes an id again that a policy refused, so that a redelivery gets in later', async () => {
  const stage = new Stage({ policy: reject });
  await stage.enqueueAll('ada', 'runs');
  const refused = stage.enqueue('ada', 'a', { id: 'same' });
  await stage.settle();
  await stage.end('runs');
  const again = stage.enqueue('ada', 'a', { id: 'same' });
  assert.notEqual(again, refused);
  await stage.endAll();
  assert.deepEqual(stage.told, ['a: dropped rejected', 'runs: done runs', 'a: done a']);
});

test('takes an id again that was replaced, or was refused by a full or stopped queue', async () => {
  const stage = new Stage({ policy: latest, maxPendingPerSession: 3 });
  await stage.enqueueAll('ada', 'runs');
  void stage.enqueue('ada', 'a', { id: 'same' });
  await stage.enqueueAll('ada', 'newer');
  await stage.enqueueAll('ada', 'newest');
  const again = stage.enqueue('ada', 'a again', { id: 'same' });
  await stage.settle();
  void stage.enqueue('bob', 'one');
  void stage.enqueue('bob', 'two');
  void stage.enqueue('bob', 'three');
  const full = stage.enqueue('bob', 'full', { id: 'same' });
  await stage.endAll();
  assert.notEqual(stage.enqueue('bob', 'full no more', { id: 'same' }), full);
  await stage.endAll();
  assert.equal(await again, 'a again');
  assert.ok(stage.told.includes('a: dropped replaced'));
  assert.ok(stage.told.includes('full: dropped full'));
  assert.ok(stage.told.includes('full no more: done full no more'));
});

test('remembers an id whose turn failed or was aborted: it has run', async () => {
  const stage = new Stage({ graceMs: 0 });
  const failed = stage.enqueue('ada', 'failed', { id: 'failed' });
  await stage.settle();
  await stage.fail('failed', new Error('on purpose'));
  const aborted = stage.enqueue('ada', 'aborted', { id: 'aborted' });
  await stage.settle();
  aborted.cancel();
  await stage.elapse(0);
  assert.equal(stage.queue.enqueue('ada', 'failed', { id: 'failed' }), failed);
  assert.equal(stage.queue.enqueue('ada', 'aborted', { id: 'aborted' }), aborted);
  stage.assertIdle();
});

test('remembers an id that was merged into the turn of another', async () => {
  const stage = new Stage({ policy: collect() });
  const merged = stage.enqueue('ada', 'a', { id: 'one' });
  void stage.enqueue('ada', 'b', { id: 'two' });
  await stage.settle();
  assert.equal(stage.queue.enqueue('ada', 'a', { id: 'one' }), merged, 'its turn runs');
  await stage.end('b');
  assert.equal(stage.queue.enqueue('ada', 'a', { id: 'one' }), merged, 'its turn has ended');
  stage.assertIdle();
});

test('knows an id within its session only', async () => {
  const stage = new Stage();
  const of = (key: string): unknown => stage.enqueue(key, `of ${key}`, { id: 'same' });
  assert.notEqual(of('ada'), of('bob'));
  await stage.endAll();
  assert.deepEqual(stage.started, ['of ada', 'of bob']);
});

test('tells ids and keys apart that are the same when they are written in a row', async () => {
  const stage = new Stage();
  const pairs = [
    ['a', 'bc'],
    ['ab', 'c'],
    ['', 'abc'],
    ['abc', ''],
    ['1 a', 'b'],
    ['a', '1 b'],
    ['a b', 'c'],
    ['a', 'b c'],
    ['__proto__', 'constructor'],
    ['constructor', '__proto__'],
    ['a\0', 'b'],
    ['a', '\0b'],
  ] as const;
  const tickets = pairs.map(([key, id], index) => stage.enqueue(key, `message ${index}`, { id }));
  assert.equal(new Set(tickets).size, pairs.length);
  for (const [index, [key, id]] of pairs.entries()) {
    assert.equal(stage.queue.enqueue(key, 'again', { id }), tickets[index]);
    assert.equal(tickets[index]?.id, id);
  }
  await stage.endAll();
  for (const [index, [key, id]] of pairs.entries()) {
    assert.equal(stage.queue.enqueue(key, 'again', { id }), tickets[index]);
  }
  stage.assertIdle();
});

test('lets a joined ticket be cancelled by whoever has it, because it is the same', async () => {
  const stage = new Stage();
  await stage.enqueueAll('ada', 'runs');
  void stage.enqueue('ada', 'a', { id: 'same' });
  assert.equal(stage.queue.enqueue('ada', 'a', { id: 'same' }).cancel(), true);
  await stage.endAll();
  assert.deepEqual(stage.told, ['a: dropped cancelled', 'runs: done runs']);
});

test('gives the ticket of a known id even when the queue is stopped or full', async () => {
  const stage = new Stage({ maxPending: 1 });
  const first = stage.enqueue('ada', 'a', { id: 'same' });
  assert.equal(stage.queue.enqueue('ada', 'a', { id: 'same' }), first);
  stage.queue.stop();
  assert.equal(stage.queue.enqueue('ada', 'a', { id: 'same' }), first);
  await stage.endAll();
});
