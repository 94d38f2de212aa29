/** `idleTimeoutMs`: the watchdog that only the turn itself can feed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Stage } from './stage.ts';

test('ends a turn that makes no progress like a timeout, with a code of its own', async () => {
  const stage = new Stage({ idleTimeoutMs: 100 });
  void stage.enqueue('ada', 'hung');
  void stage.enqueue('ada', 'next');
  await stage.elapse(99);
  assert.deepEqual(stage.told, []);
  await stage.elapse(1);
  assert.deepEqual(stage.told, ['hung: idle-timeout']);
  assert.match(stage.error('hung').message, /"ada".*idleTimeoutMs of 100 ms/);
  assert.equal(stage.turn('hung').signal.reason, stage.error('hung'));
  assert.deepEqual(stage.started, ['hung']);
  await stage.end('hung');
  assert.deepEqual(stage.running, ['next']);
});

test('counts from each progress afresh, as long as there is any', async () => {
  const stage = new Stage({ idleTimeoutMs: 100 });
  void stage.enqueue('ada', 'alive');
  for (let step = 0; step < 20; step += 1) {
    await stage.elapse(99);
    stage.turn('alive').progress();
  }
  assert.deepEqual(stage.told, []);
  await stage.elapse(99);
  assert.deepEqual(stage.told, []);
  await stage.elapse(1);
  assert.deepEqual(stage.told, ['alive: idle-timeout']);
});

test('counts only the last of many calls of progress', async () => {
  const stage = new Stage({ idleTimeoutMs: 100 });
  void stage.enqueue('ada', 'alive');
  await stage.elapse(10);
  for (let call = 0; call < 3; call += 1) stage.turn('alive').progress();
  await stage.elapse(20);
  stage.turn('alive').progress();
  await stage.elapse(99);
  assert.deepEqual(stage.told, []);
  await stage.elapse(1);
  assert.deepEqual(stage.told, ['alive: idle-timeout']);
});

test('is not fed by arrivals', async () => {
  const stage = new Stage({ idleTimeoutMs: 100 });
  void stage.enqueue('ada', 'hung');
  for (let step = 0; step < 10; step += 1) {
    await stage.elapse(10);
    void stage.enqueue('ada', `arrival ${step}`);
  }
  assert.deepEqual(stage.told, ['hung: idle-timeout']);
});

test('is not fed by the progress of another turn', async () => {
  const stage = new Stage({ idleTimeoutMs: 100 });
  void stage.enqueue('ada', 'hung');
  void stage.enqueue('bob', 'alive');
  await stage.elapse(60);
  stage.turn('alive').progress();
  await stage.elapse(40);
  assert.deepEqual(stage.told, ['hung: idle-timeout']);
});

test('does not count the time an entry waits', async () => {
  const stage = new Stage({ idleTimeoutMs: 100 });
  void stage.enqueue('ada', 'first');
  void stage.enqueue('ada', 'second');
  await stage.elapse(60);
  await stage.end('first');
  await stage.elapse(60);
  assert.deepEqual(stage.told, ['first: first']);
  await stage.elapse(40);
  assert.deepEqual(stage.told, ['first: first', 'second: idle-timeout']);
});

test('works beside timeoutMs: whichever is over first ends the turn', async () => {
  const stage = new Stage({ idleTimeoutMs: 100, timeoutMs: 250 });
  void stage.enqueue('ada', 'hung');
  void stage.enqueue('bob', 'slow');
  for (let step = 0; step < 5; step += 1) {
    await stage.elapse(50);
    stage.turn('slow').progress();
  }
  assert.deepEqual(stage.told, ['hung: idle-timeout', 'slow: timeout']);
  await stage.elapse(1000);
  assert.deepEqual(stage.told, ['hung: idle-timeout', 'slow: timeout']);
});

test('leaves no timer behind', async () => {
  const stage = new Stage({ idleTimeoutMs: 100 });
  void stage.enqueue('ada', 'ends');
  await stage.elapse(60);
  const turn = stage.turn('ends');
  turn.progress();
  await stage.end('ends');
  assert.equal(stage.clock.timers, 0);
  turn.progress();
  assert.equal(stage.clock.timers, 0);
  await stage.elapse(1000);
  assert.deepEqual(stage.told, ['ends: ends']);
});

test('takes progress for nothing where no watchdog was asked for, and after an abort', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'subject');
  await stage.settle();
  stage.turn('subject').progress();
  stage.queue.cancel('ada');
  stage.turn('subject').progress();
  await stage.elapse(1000);
  assert.deepEqual(stage.told, ['subject: cancelled']);
});
