/** Stop and close where a policy decides: what it holds is waited for if it will go on, and handed back otherwise. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Policy } from '#src/index.ts';
import { cap, collect, debounce, latest, pipe } from '#src/policies/index.ts';

import { Stage } from './stage.ts';

function messagesOf({ unstarted }: { readonly unstarted: readonly { readonly message: string }[] }): string[] {
  return unstarted.map(({ message }) => message);
}

const hold: Policy = () => ({ start: [] });

test('runs what a policy holds with a wake-up before it closes', async () => {
  const stage = new Stage({ policy: pipe(debounce(100, 1000), collect()) });
  await stage.enqueueAll('ada', 'a', 'b');
  const closed = stage.queue.close();
  await stage.elapse(100);
  assert.deepEqual(stage.started, ['a+b']);
  await stage.endAll();
  assert.deepEqual(messagesOf(await closed), []);
  stage.assertIdle();
});

test('hands back in order what a policy holds for ever', async () => {
  const stage = new Stage({ policy: hold });
  await stage.enqueueAll('ada', 'a');
  await stage.enqueueAll('bob', 'b');
  await stage.enqueueAll('ada', 'c');
  assert.deepEqual(messagesOf(await stage.queue.close()), ['a', 'b', 'c']);
  await stage.settle();
  assert.deepEqual(stage.told.toSorted(), ['a: dropped closed', 'b: dropped closed', 'c: dropped closed']);
  stage.assertIdle();
});

test('hands back what a policy holds for ever, though it has not been asked when the close begins', async () => {
  const stage = new Stage({ policy: hold });
  void stage.enqueue('ada', 'a');
  assert.deepEqual(messagesOf(await stage.queue.close()), ['a']);
  stage.assertIdle();
});

test('runs what is left when a policy drops a part of it while the queue closes', async () => {
  for (const policy of [latest, cap(1, 'oldest'), pipe(cap(1, 'newest'), collect())]) {
    const stage = new Stage({ policy });
    void stage.enqueue('ada', 'a');
    void stage.enqueue('ada', 'b');
    const closed = stage.queue.close();
    await stage.endAll();
    assert.deepEqual(messagesOf(await closed), []);
    assert.equal(stage.started.length, 1);
    stage.assertIdle();
  }
});

test('ends a close when its deadline comes before the wake-up', async () => {
  const stage = new Stage({ policy: pipe(debounce(100, 1000), collect()) });
  await stage.enqueueAll('ada', 'a', 'b');
  const closed = stage.queue.close({ drainMs: 50 });
  await stage.elapse(50);
  assert.deepEqual(messagesOf(await closed), ['a', 'b']);
  await stage.elapse(1000);
  assert.deepEqual(stage.started, []);
  stage.assertIdle();
});

test('still runs what waits after a stop, by its policy', async () => {
  const stage = new Stage({ policy: collect() });
  await stage.enqueueAll('ada', 'a');
  await stage.enqueueAll('ada', 'b', 'c');
  stage.queue.stop();
  await stage.enqueueAll('ada', 'd');
  await stage.endAll();
  assert.deepEqual(stage.started, ['a', 'b+c']);
  stage.assertIdle();
});
