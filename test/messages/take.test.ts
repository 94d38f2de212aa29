/** Steering: a turn takes what has arrived meanwhile, and nothing of that is lost when the turn isn't. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Stage } from './stage.ts';

/** A turn `a` that runs, with the messages b and c behind it. */
async function withTwoBehind(options?: ConstructorParameters<typeof Stage>[0]): Promise<Stage> {
  const stage = new Stage(options);
  await stage.enqueueAll('ada', 'a', 'b', 'c');
  return stage;
}

test('takes everything that waits, in the order of the line, and only once', async () => {
  const stage = await withTwoBehind();
  void stage.enqueue('ada', 'urgent', { priority: 10 });
  assert.deepEqual(stage.turn('a').take(), ['urgent', 'b', 'c']);
  assert.deepEqual(stage.turn('a').take(), []);
  void stage.enqueue('ada', 'd');
  assert.deepEqual(stage.turn('a').take(), ['d']);
  assert.deepEqual(stage.turn('a').inputs, ['a'], 'what it started with stays what it was');
  await stage.end('a');
  assert.deepEqual(stage.started, ['a']);
  assert.deepEqual(stage.told.toSorted(), [
    'a: done a',
    'b: merged into a',
    'c: merged into a',
    'd: merged into a',
    'urgent: merged into a',
  ]);
  stage.assertIdle();
});

test('takes nothing of other sessions', async () => {
  const stage = await withTwoBehind();
  await stage.enqueueAll('bob', 'of bob', 'waits for bob');
  assert.deepEqual(stage.turn('a').take(), ['b', 'c']);
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'of bob', 'waits for bob']);
});

test('leaves what is not taken to the next turn, in order', async () => {
  const stage = await withTwoBehind();
  assert.deepEqual(stage.turn('a').take(), ['b', 'c']);
  void stage.enqueue('ada', 'd');
  void stage.enqueue('ada', 'e');
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'd', 'e']);
});

test('counts what was taken until its ticket is told', async () => {
  const stage = await withTwoBehind();
  stage.turn('a').take();
  assert.equal(stage.queue.pending('ada'), 3);
  assert.equal(stage.queue.pending(), 3);
  assert.equal(stage.queue.inspect().pending, 3);
  assert.equal(stage.queue.inspect('ada')?.waiting, 0);
  stage.turn('a').acknowledge();
  assert.equal(stage.queue.pending(), 1);
  assert.equal(stage.queue.inspect().pending, 1);
  await stage.endAll();
  stage.assertIdle();
});

const badEnds: readonly { readonly how: string; readonly act: (stage: Stage) => unknown }[] = [
  { how: 'fails', act: (stage) => stage.fail('a', new Error('on purpose')) },
  {
    how: 'is cancelled by its ticket and fails',
    act: async (stage) => {
      cancelTicketOf(stage);
      await stage.fail('a', new Error('on purpose'));
    },
  },
  {
    how: 'is out of time and ends well, but too late',
    act: async (stage) => {
      await stage.elapse(500);
      await stage.end('a');
    },
  },
];

function cancelTicketOf(stage: Stage): void {
  stage.queue.enqueue('ada', 'a', { id: 'id of a' }).cancel();
}

for (const { how, act } of badEnds) {
  test(`puts what was taken back to the head of the line, in order, when the turn ${how}`, async () => {
    const stage = new Stage({ timeoutMs: 500 });
    void stage.enqueue('ada', 'a', { id: 'id of a' });
    await stage.enqueueAll('ada', 'b', 'c');
    stage.turn('a').take();
    await stage.enqueueAll('ada', 'd');
    stage.turn('a').take();
    await stage.enqueueAll('ada', 'newer');
    await act(stage);
    await stage.endAll();
    assert.deepEqual(stage.started, ['a', 'b', 'c', 'd', 'newer']);
    assert.deepEqual(stage.told.slice(1), ['b: done b', 'c: done c', 'd: done d', 'newer: done newer']);
    stage.assertIdle();
  });
}

test('puts what was taken back only when an aborted turn has really ended', async () => {
  const stage = new Stage();
  const ticket = stage.enqueue('ada', 'a');
  await stage.enqueueAll('ada', 'b');
  stage.turn('a').take();
  ticket.cancel();
  await stage.settle();
  assert.deepEqual(stage.started, ['a']);
  assert.equal(stage.queue.pending('ada'), 2);
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'b']);
  stage.assertIdle();
});

test('puts what was taken back when the lane is released from a turn that overstays', async () => {
  const stage = new Stage({ timeoutMs: 10, graceMs: 5 });
  await stage.enqueueAll('ada', 'a', 'b', 'c');
  const { turn: zombie } = { turn: stage.turn('a') };
  assert.deepEqual(zombie.take(), ['b', 'c']);
  await stage.elapse(15);
  assert.deepEqual(stage.started, ['a', 'b']);
  assert.deepEqual(zombie.take(), [], 'the zombie gets nothing');
  zombie.acknowledge();
  await stage.end('a');
  await stage.endAll();
  assert.deepEqual(stage.told, ['a: failed timeout', 'b: done b', 'c: done c']);
  stage.assertIdle();
});

test('ends what was acknowledged as merged at once, and never runs it again', async () => {
  const stage = await withTwoBehind();
  stage.turn('a').take();
  stage.turn('a').acknowledge();
  await stage.settle();
  assert.deepEqual(stage.told, ['b: merged into a', 'c: merged into a']);
  void stage.enqueue('ada', 'd');
  assert.deepEqual(stage.turn('a').take(), ['d']);
  await stage.fail('a', new Error('on purpose'));
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'd']);
  assert.deepEqual(stage.told.slice(2), ['a: failed on purpose', 'd: done d']);
  stage.assertIdle();
});

test('may acknowledge while it cleans up after an abort, as long as it holds the lane', async () => {
  const stage = new Stage();
  const ticket = stage.enqueue('ada', 'a');
  await stage.enqueueAll('ada', 'b');
  stage.turn('a').take();
  ticket.cancel();
  stage.turn('a').acknowledge();
  await stage.endAll();
  assert.deepEqual(stage.started, ['a']);
  assert.deepEqual(stage.told, ['a: failed cancelled', 'b: merged into a']);
  stage.assertIdle();
});

test('gives nothing once the turn was aborted or has ended', async () => {
  const stage = new Stage();
  const ticket = stage.enqueue('ada', 'a');
  await stage.enqueueAll('ada', 'b');
  const turn = stage.turn('a');
  ticket.cancel();
  assert.deepEqual(turn.take(), []);
  await stage.end('a');
  await stage.enqueueAll('ada', 'c');
  assert.deepEqual(turn.take(), []);
  turn.acknowledge();
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'b', 'c']);
});

test("doesn't let a taken message expire, and goes on counting when it comes back", async () => {
  const stage = new Stage();
  await stage.enqueueAll('ada', 'a');
  void stage.enqueue('ada', 'b', { ttlMs: 10 });
  void stage.enqueue('ada', 'c', { ttlMs: 100 });
  void stage.enqueue('ada', 'd');
  await stage.elapse(5);
  stage.turn('a').take();
  await stage.elapse(50);
  assert.deepEqual(stage.told, []);
  stage.queue.pause();
  await stage.fail('a', new Error('on purpose'));
  await stage.elapse(0);
  assert.deepEqual(stage.told, ['a: failed on purpose', 'b: dropped expired']);
  await stage.elapse(44);
  assert.equal(stage.queue.pending(), 2);
  await stage.elapse(1);
  assert.equal(stage.queue.pending(), 1);
  stage.queue.resume();
  await stage.endAll();
  assert.deepEqual(stage.told.slice(2), ['c: dropped expired', 'd: done d']);
  stage.assertIdle();
});

test('tells a taken message that is cancelled by its ticket, and goes on without it', async () => {
  const stage = new Stage();
  await stage.enqueueAll('ada', 'a');
  const cancelled = stage.enqueue('ada', 'b');
  void stage.enqueue('ada', 'c');
  stage.turn('a').take();
  assert.equal(cancelled.cancel(), true);
  assert.equal(cancelled.cancel(), false);
  await stage.settle();
  assert.deepEqual(stage.told, ['b: failed cancelled']);
  assert.equal(stage.turn('a').signal.aborted, false);
  assert.equal(stage.queue.pending(), 2);
  await stage.fail('a', new Error('on purpose'));
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'c'], 'what was cancelled does not come back');
  stage.assertIdle();
});

test('tells a taken message whose signal aborts, and goes on without it', async () => {
  const stage = new Stage();
  await stage.enqueueAll('ada', 'a');
  const controller = new AbortController();
  void stage.enqueue('ada', 'b', { signal: controller.signal });
  stage.turn('a').take();
  controller.abort(new Error('on purpose'));
  await stage.settle();
  assert.deepEqual(stage.told, ['b: failed aborted']);
  await stage.fail('a', new Error('on purpose'));
  stage.assertIdle();
});
