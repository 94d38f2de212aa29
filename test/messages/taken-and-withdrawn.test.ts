/** What becomes of taken messages where others decide: policies, cancel and close. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cap, collect, debounce, interrupt, latest, pipe, reject } from '#src/policies/index.ts';

import { Stage, standOf } from './stage.ts';

test('takes what a policy holds', async () => {
  const stage = new Stage({ policy: pipe(debounce(100, 1000), collect()) });
  void stage.enqueue('ada', 'a');
  await stage.elapse(100);
  await stage.enqueueAll('ada', 'b', 'c');
  assert.deepEqual(stage.turn('a').take(), ['b', 'c']);
  await stage.elapse(500);
  await stage.end('a');
  assert.deepEqual(stage.started, ['a']);
  stage.assertIdle();
});

test('accepts what was taken before its policy could refuse it', async () => {
  const stage = new Stage({ policy: reject });
  await stage.enqueueAll('ada', 'a');
  const ticket = stage.enqueue('ada', 'b');
  assert.deepEqual(stage.turn('a').take(), ['b']);
  assert.equal(await standOf(ticket.accepted), 'resolved');
  await stage.endAll();
  assert.deepEqual(stage.told.toSorted(), ['a: done a', 'b: merged into a']);
});

test('lets a policy decide about what came back', async () => {
  const stage = new Stage({ policy: latest });
  await stage.enqueueAll('ada', 'a');
  await stage.enqueueAll('ada', 'b');
  stage.turn('a').take();
  await stage.enqueueAll('ada', 'c');
  await stage.fail('a', new Error('on purpose'));
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'c']);
  assert.deepEqual(stage.told, ['a: failed on purpose', 'b: dropped replaced', 'c: done c']);
  stage.assertIdle();
});

test('answers an interrupt with what was taken and what is new, together', async () => {
  const stage = new Stage({ policy: pipe(cap(5, 'oldest'), collect()) });
  const ticket = stage.enqueue('ada', 'a');
  await stage.settle();
  await stage.enqueueAll('ada', 'b');
  stage.turn('a').take();
  await stage.enqueueAll('ada', 'c');
  ticket.cancel();
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'b+c']);
  stage.assertIdle();
});

test('replaces what an interrupted turn had taken by what interrupted it', async () => {
  const stage = new Stage({ policy: pipe(debounce(10, 100), interrupt) });
  void stage.enqueue('ada', 'a');
  await stage.elapse(10);
  await stage.enqueueAll('ada', 'b');
  stage.turn('a').take();
  void stage.enqueue('ada', 'c');
  await stage.elapse(10);
  await stage.end('a');
  await stage.elapse(100);
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'c']);
  assert.deepEqual(stage.told, ['a: failed interrupted', 'b: dropped replaced', 'c: done c']);
  stage.assertIdle();
});

test('hands back what a turn had taken when its session is cancelled, before what waited behind it', async () => {
  for (const policy of [undefined, collect()]) {
    const stage = new Stage({ policy });
    await stage.enqueueAll('ada', 'a');
    await stage.enqueueAll('ada', 'b', 'c');
    const turn = stage.turn('a');
    turn.take();
    await stage.enqueueAll('ada', 'd');
    assert.deepEqual(
      stage.queue.cancel('ada').map(({ message }) => message),
      ['b', 'c', 'd'],
    );
    await stage.endAll();
    assert.deepEqual(stage.started, ['a'], 'nothing of it runs afterwards');
    assert.deepEqual(stage.told.toSorted(), [
      'a: failed cancelled',
      'b: dropped cancelled',
      'c: dropped cancelled',
      'd: dropped cancelled',
    ]);
    stage.assertIdle();
  }
});

test('hands back what a turn had taken when the queue is closed, and runs nothing of it afterwards', async () => {
  for (const policy of [undefined, collect()]) {
    const stage = new Stage({ policy });
    await stage.enqueueAll('ada', 'a');
    await stage.enqueueAll('ada', 'b');
    stage.turn('a').take();
    await stage.enqueueAll('ada', 'c');
    const closed = stage.queue.close({ drainMs: 0 });
    await stage.endAll();
    const { unstarted, stuck } = await closed;
    assert.deepEqual(
      unstarted.map(({ message }) => message),
      ['b', 'c'],
    );
    assert.deepEqual(stuck, []);
    assert.deepEqual(stage.started, ['a']);
    stage.assertIdle();
  }
});
