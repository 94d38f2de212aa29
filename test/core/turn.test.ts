/** The turn that a task is handed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSessionQueue } from '#src/index.ts';

import { Stage } from './stage.ts';

test('names its session, its entry and its attempt', async () => {
  const queue = createSessionQueue();
  const seen: unknown[] = [];
  for (const key of ['ada', 'bob', 'ada']) {
    await queue.enqueue(key, (turn) => {
      seen.push({ key: turn.key, id: turn.id, attempt: turn.attempt });
    });
  }
  assert.deepEqual(seen, [
    { key: 'ada', id: '1', attempt: 1 },
    { key: 'bob', id: '2', attempt: 1 },
    { key: 'ada', id: '3', attempt: 1 },
  ]);
});

test('numbers entries in the order of enqueue, though they start in another', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'running');
  await stage.settle();
  void stage.enqueue('ada', 'second');
  void stage.enqueue('ada', 'urgent', { priority: 5 });
  await stage.end('running');
  assert.equal(stage.turn('urgent').id, '3');
  await stage.end('urgent');
  assert.equal(stage.turn('second').id, '2');
});

test('has a greater epoch than every turn of its session before, idle times included', async () => {
  const stage = new Stage();
  const epochs: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    void stage.enqueue('ada', 'first');
    void stage.enqueue('bob', 'of bob');
    void stage.enqueue('ada', 'urgent', { priority: 5 });
    await stage.settle();
    epochs.push(stage.turn('first').epoch);
    await stage.end('first');
    epochs.push(stage.turn('urgent').epoch);
    await stage.endAll();
  }
  assert.equal(epochs.length, 6);
  for (const [index, epoch] of epochs.entries()) {
    assert.ok(Number.isSafeInteger(epoch) && epoch > (epochs[index - 1] ?? 0), epochs.join(', '));
  }
});

test('can be taken apart, and read after it has ended', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'first');
  await stage.settle();
  const turn = stage.turn('first');
  const { key, id, epoch, attempt, signal } = turn;
  await stage.end('first');
  assert.deepEqual([turn.key, turn.id, turn.epoch, turn.attempt, turn.signal], [key, id, epoch, attempt, signal]);
  assert.equal(turn.signal.aborted, false);
});

test('makes its signal only when it is asked for, and then always gives the same', async () => {
  const stage = new Stage();
  const { AbortController: Original } = globalThis;
  let made = 0;
  globalThis.AbortController = class extends Original {
    constructor() {
      super();
      made += 1;
    }
  };
  try {
    void stage.enqueue('ada', 'first');
    void stage.enqueue('ada', 'second', { timeoutMs: 100 });
    await stage.settle();
    await stage.end('first');
    await stage.elapse(100);
    assert.equal(made, 0);
    assert.equal(stage.turn('second').signal, stage.turn('second').signal);
    assert.equal(made, 1);
  } finally {
    globalThis.AbortController = Original;
  }
});
