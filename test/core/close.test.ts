/** `close()`: the orderly end, phase by phase. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSessionQueue } from '#src/index.ts';
import type { CloseOptions, CloseReport } from '#src/index.ts';

import { queueErrorOf, Stage, wrong } from './stage.ts';

test('closes an idle queue at once, with nothing to report', async () => {
  const queue = createSessionQueue();
  assert.deepEqual(await queue.close(), { unstarted: [], stuck: [] });
  await assert.rejects(
    queue.enqueue('ada', () => 1),
    { code: 'stopped', message: 'Queue has been stopped' },
  );
});

test('takes nothing more, runs what is queued, and closes when the last has ended', async () => {
  const stage = new Stage();
  for (const name of ['first', 'second']) void stage.enqueue('ada', name);
  const closing = close(stage);
  assert.equal(stage.queue.inspect().stopped, true);
  await stage.settle();
  await stage.end('first');
  await stage.elapse(1_000_000);
  assert.equal(closing.report, undefined);
  await stage.end('second');
  assert.deepEqual(closing.report, { unstarted: [], stuck: [] });
  assert.deepEqual(stage.told, ['first: first', 'second: second']);
  assert.equal(stage.queue.pending(), 0);
});

test('after drainMs hands back what waits and aborts what runs', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'running');
  void stage.enqueue('bob', 'of bob');
  void stage.enqueue('ada', 'waiting');
  void stage.enqueue('bob', 'second of bob');
  const closing = close(stage, { drainMs: 100 });
  await stage.elapse(50);
  await stage.end('of bob');
  assert.deepEqual(stage.running, ['running', 'second of bob']);
  await stage.elapse(49);
  assert.deepEqual(stage.told, ['of bob: of bob']);
  await stage.elapse(1);
  assert.deepEqual(stage.told.slice(1).toSorted(), ['running: closed', 'second of bob: closed', 'waiting: closed']);
  assert.equal(stage.turn('running').signal.reason, stage.error('running'));
  assert.equal(closing.report, undefined);
  await stage.end('running');
  await stage.end('second of bob');
  assert.deepEqual(namesOf(closing.report), { unstarted: ['ada 3'], stuck: [] });
  assert.deepEqual(stage.started, ['running', 'of bob', 'second of bob']);
});

test('hands back at once where drainMs is 0, over all sessions in the order of enqueue', async () => {
  const stage = new Stage();
  for (const key of ['ada', 'bob']) void stage.enqueue(key, `of ${key}`);
  await stage.settle();
  for (const key of ['bob', 'ada', 'cleo', 'bob']) {
    void stage.enqueue(key, `waiting, of ${key}`, { priority: key === 'bob' ? 9 : 0 });
  }
  const closing = close(stage, { drainMs: 0 });
  assert.equal(stage.queue.pending(), 2);
  await stage.end('of ada');
  await stage.end('of bob');
  assert.deepEqual(namesOf(closing.report), { unstarted: ['bob 3', 'ada 4', 'cleo 5', 'bob 6'], stuck: [] });
  assert.deepEqual(stage.started, ['of ada', 'of bob']);
});

test('hands back tasks that another queue can run', async () => {
  const stage = new Stage();
  stage.queue.pause();
  void stage.enqueue('ada', 'first');
  const { unstarted } = await stage.queue.close({ drainMs: 0 });
  const other = createSessionQueue();
  for (const { key, task } of unstarted) void stage.watch('again', other.enqueue(key, task));
  await stage.endAll();
  assert.deepEqual(stage.told, ['first: closed', 'again: first']);
});

test('gives aborted turns 5,000 ms where graceMs is infinite, and reports who is stuck', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'ends in time');
  void stage.enqueue('bob', 'stuck');
  await stage.settle();
  const closing = close(stage, { drainMs: 0 });
  await stage.elapse(4999);
  await stage.end('ends in time');
  assert.equal(closing.report, undefined);
  await stage.elapse(1);
  assert.deepEqual(closing.report, { unstarted: [], stuck: [{ key: 'bob', id: '2' }] });
});

test('gives aborted turns graceMs where it is finite', async () => {
  const stage = new Stage({ graceMs: 50 });
  void stage.enqueue('ada', 'ends in time');
  void stage.enqueue('bob', 'stuck');
  await stage.settle();
  const closing = close(stage, { drainMs: 0 });
  await stage.elapse(49);
  await stage.end('ends in time');
  assert.equal(closing.report, undefined);
  await stage.elapse(1);
  assert.deepEqual(closing.report, { unstarted: [], stuck: [{ key: 'bob', id: '2' }] });
  assert.equal(stage.queue.pending(), 0);
});

test('closes as soon as the last aborted turn has ended', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'slow');
  await stage.settle();
  const closing = close(stage, { drainMs: 0 });
  await stage.end('slow');
  assert.deepEqual(closing.report, { unstarted: [], stuck: [] });
  assert.equal(stage.clock.timers, 0);
});

test('reports a turn as stuck that was out of time long before', async () => {
  const stage = new Stage({ timeoutMs: 100 });
  void stage.enqueue('ada', 'stuck');
  await stage.elapse(1000);
  const closing = close(stage, { drainMs: 100 });
  await stage.elapse(5100);
  assert.deepEqual(closing.report, { unstarted: [], stuck: [{ key: 'ada', id: '1' }] });
  assert.deepEqual(stage.told, ['stuck: timeout']);
});

test('a second call joins the first, and a smaller drainMs shortens it', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'running');
  void stage.enqueue('ada', 'waiting');
  await stage.settle();
  const first = close(stage);
  const second = close(stage, { drainMs: 100 });
  await stage.elapse(100);
  assert.deepEqual(stage.told.toSorted(), ['running: closed', 'waiting: closed']);
  await stage.end('running');
  assert.deepEqual(namesOf(first.report), { unstarted: ['ada 2'], stuck: [] });
  assert.equal(second.report, first.report);
});

test('a second call with a greater drainMs does not prolong the first', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'running');
  await stage.settle();
  const first = close(stage, { drainMs: 100 });
  close(stage, { drainMs: 10_000 });
  close(stage);
  await stage.elapse(100);
  assert.deepEqual(stage.told, ['running: closed']);
  await stage.end('running');
  assert.deepEqual(first.report, { unstarted: [], stuck: [] });
});

test('counts a smaller drainMs from its own call, and takes what ends later for nothing', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'running');
  await stage.settle();
  close(stage, { drainMs: 100 });
  await stage.elapse(90);
  close(stage, { drainMs: 50 });
  await stage.elapse(9);
  assert.deepEqual(stage.told, []);
  await stage.elapse(1);
  assert.deepEqual(stage.told, ['running: closed']);
});

test('joins after the close is over, too', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'first');
  const closing = stage.queue.close();
  await stage.endAll();
  assert.equal(await stage.queue.close({ drainMs: 0 }), await closing);
});

test('is not held up by paused entries, and hands them back', async () => {
  const stage = new Stage();
  stage.queue.pause('ada');
  void stage.enqueue('ada', 'paused');
  void stage.enqueue('bob', 'running');
  void stage.enqueue('bob', 'waiting');
  const closing = close(stage);
  await stage.settle();
  await stage.end('running');
  assert.equal(closing.report, undefined);
  await stage.end('waiting');
  assert.deepEqual(namesOf(closing.report), { unstarted: ['ada 1'], stuck: [] });
  assert.deepEqual(stage.told, ['running: running', 'waiting: waiting', 'paused: closed']);
});

test('is not held up by a pause of everything', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'running');
  void stage.enqueue('ada', 'waiting');
  await stage.settle();
  stage.queue.pause();
  const closing = close(stage);
  await stage.end('running');
  assert.deepEqual(namesOf(closing.report), { unstarted: ['ada 2'], stuck: [] });
});

test('is held up by no entry that is about to start when everything is paused', async () => {
  const stage = new Stage();
  void stage.enqueue('ada', 'about to start');
  stage.queue.pause();
  const closing = close(stage);
  await stage.settle();
  assert.deepEqual(namesOf(closing.report), { unstarted: ['ada 1'], stuck: [] });
  assert.deepEqual(stage.started, []);
});

test('starts nothing while it hands back, though slots and lanes become free', async () => {
  const stage = new Stage({ concurrency: 1, graceMs: 0 });
  for (const key of ['ada', 'ada', 'bob', 'cleo']) void stage.enqueue(key, `of ${key} ${stage.queue.pending()}`);
  await stage.settle();
  const closing = close(stage, { drainMs: 0 });
  await stage.elapse(10);
  assert.deepEqual(namesOf(closing.report), { unstarted: ['ada 2', 'bob 3', 'cleo 4'], stuck: ['ada 1'] });
  assert.deepEqual(stage.started, ['of ada 0']);
});

test('keeps draining what a turn leaves to others, but refuses what it enqueues', async () => {
  const stage = new Stage();
  const inner = stage.queue.enqueue('ada', async () => {
    await Promise.resolve();
    return queueErrorOf(stage.queue.enqueue('bob', () => 1));
  });
  const closing = close(stage);
  assert.equal((await inner).message, 'Queue has been stopped');
  await stage.settle();
  assert.deepEqual(closing.report, { unstarted: [], stuck: [] });
});

test('rejects a bad drainMs and closes nothing', async () => {
  const stage = new Stage();
  for (const drainMs of [-1, NaN]) {
    await assert.rejects(stage.queue.close({ drainMs }), { name: 'RangeError', message: /close: drainMs is/ });
  }
  await assert.rejects(stage.queue.close({ drainMs: wrong('soon') }), TypeError);
  await assert.rejects(stage.queue.close(wrong(null)), TypeError);
  assert.equal(stage.queue.inspect().stopped, false);
});

test('closes at the end of an await using block, when everything in it has ended', async () => {
  const stage = new Stage();
  const order: string[] = [];
  const block = (async () => {
    await using queue = stage.queue;
    void queue.enqueue('ada', stage.task('left behind')).then(() => order.push('task'));
  })();
  void block.then(() => order.push('block'));
  await stage.settle();
  assert.deepEqual(order, []);
  await stage.end('left behind');
  assert.deepEqual(order, ['task', 'block']);
  assert.equal(stage.queue.inspect().stopped, true);
});

test('disposes of a queue to nothing, however it was closed', async () => {
  const queue = createSessionQueue();
  assert.equal(await queue[Symbol.asyncDispose](), undefined);
  assert.equal(await queue[Symbol.asyncDispose](), undefined);
});

/** Closes the queue; the report is there once it is. */
function close(stage: Stage, options?: CloseOptions): { report: CloseReport | undefined } {
  const closing: { report: CloseReport | undefined } = { report: undefined };
  void stage.queue.close(options).then((report) => {
    closing.report = report;
  });
  return closing;
}

function namesOf(report: CloseReport | undefined): object | undefined {
  const name = ({ key, id }: { readonly key: string; readonly id: string }): string => `${key} ${id}`;
  return report && { unstarted: report.unstarted.map(name), stuck: report.stuck.map(name) };
}
