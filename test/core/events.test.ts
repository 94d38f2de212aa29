/** The events that each kind of life has, in their order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { QueueEvent } from '#src/index.ts';

import { Stage } from './stage.ts';
import { ofEntry, ofType } from './told-events.ts';

test('tells of an entry that runs to its end: enqueued, started, ended, settled', async () => {
  const stage = new Stage();
  const events = stage.listen();
  void stage.enqueue('ada', 'first');
  await stage.elapse(10);
  void stage.enqueue('ada', 'second');
  await stage.elapse(20);
  await stage.end('first');
  await stage.elapse(5);
  await stage.fail('second', new Error('on purpose'));
  const atMs = 1_700_000_001_000;
  assert.deepEqual(withoutEpochs(events), [
    { type: 'enqueued', key: 'ada', id: '1', atMs },
    { type: 'started', key: 'ada', id: '1', atMs, waitedMs: 0 },
    { type: 'enqueued', key: 'ada', id: '2', atMs: atMs + 10 },
    { type: 'ended', key: 'ada', id: '1', atMs: atMs + 30, ranMs: 30 },
    { type: 'settled', key: 'ada', id: '1', atMs: atMs + 30, outcome: 'done' },
    { type: 'started', key: 'ada', id: '2', atMs: atMs + 30, waitedMs: 20 },
    { type: 'ended', key: 'ada', id: '2', atMs: atMs + 35, ranMs: 5 },
    { type: 'settled', key: 'ada', id: '2', atMs: atMs + 35, outcome: 'failed' },
    { type: 'drained', atMs: atMs + 35 },
  ]);
});

test('gives the epoch of the turn with everything that belongs to it', async () => {
  const stage = new Stage({ graceMs: 50 });
  const events = stage.listen();
  void stage.enqueue('ada', 'zombie');
  await stage.settle();
  const { epoch } = stage.turn('zombie');
  stage.queue.cancel('ada');
  await stage.elapse(50);
  await stage.end('zombie');
  const told = events.flatMap((event) => ('epoch' in event ? [[event.type, event.epoch]] : []));
  assert.deepEqual(told, [
    ['started', epoch],
    ['aborted', epoch],
    ['released', epoch],
    ['ended', epoch],
  ]);
});

const drops: readonly { readonly how: string; readonly code: string; readonly act: (stage: Stage) => unknown }[] = [
  { how: 'is cancelled', code: 'cancelled', act: (stage) => stage.queue.cancel('ada') },
  { how: 'expires', code: 'expired', act: (stage) => stage.elapse(100) },
  { how: 'leaves by its signal', code: 'aborted', act: () => controller.abort() },
  { how: 'is closed', code: 'closed', act: (stage) => void stage.queue.close({ drainMs: 0 }) },
];
let controller = new AbortController();

for (const { how, code, act } of drops) {
  test(`tells of a waiting entry that ${how}: enqueued, settled as dropped with its code`, async () => {
    const stage = new Stage();
    controller = new AbortController();
    const events = stage.listen();
    stage.queue.pause();
    void stage.enqueue('ada', 'subject', { ttlMs: 100, signal: controller.signal });
    await act(stage);
    await stage.settle();
    assert.deepEqual(ofEntry(events, '1'), ['enqueued', `settled: dropped, ${code}`]);
    assert.equal(events.at(-1)?.type, 'drained');
  });
}

const aborts: readonly { readonly how: string; readonly code: string; readonly act: (stage: Stage) => unknown }[] = [
  { how: 'is cancelled', code: 'cancelled', act: (stage) => stage.queue.cancel('ada') },
  { how: 'is out of time', code: 'timeout', act: (stage) => stage.elapse(100) },
  { how: 'leaves by its signal', code: 'aborted', act: () => controller.abort() },
  { how: 'is closed', code: 'closed', act: (stage) => void stage.queue.close({ drainMs: 0 }) },
];

for (const { how, code, act } of aborts) {
  test(`tells of a running entry that ${how}: aborted and settled at once, ended when it has really ended`, async () => {
    const stage = new Stage();
    controller = new AbortController();
    const events = stage.listen();
    void stage.enqueue('ada', 'subject', { timeoutMs: 100, signal: controller.signal });
    await stage.settle();
    await act(stage);
    await stage.settle();
    assert.deepEqual(ofEntry(events, '1'), ['enqueued', 'started', `aborted: ${code}`, `settled: failed, ${code}`]);
    await stage.end('subject');
    assert.deepEqual(ofEntry(events, '1').slice(4), ['ended']);
    assert.equal(events.at(-1)?.type, 'drained');
  });
}

test('tells of an idle turn with its own code', async () => {
  const stage = new Stage({ idleTimeoutMs: 100 });
  const events = stage.listen();
  void stage.enqueue('ada', 'hung');
  await stage.elapse(100);
  assert.deepEqual(ofEntry(events, '1'), [
    'enqueued',
    'started',
    'aborted: idle-timeout',
    'settled: failed, idle-timeout',
  ]);
});

test('tells of a turn that holds its lane 1,000 ms after its abort as stuck, once', async () => {
  const stage = new Stage({ timeoutMs: 100 });
  const events = stage.listen();
  void stage.enqueue('ada', 'stuck');
  void stage.enqueue('bob', 'ends in time');
  await stage.elapse(1099);
  await stage.end('ends in time');
  assert.deepEqual(ofType(events, 'stuck'), []);
  await stage.elapse(100_000);
  assert.deepEqual(
    ofType(events, 'stuck').map(({ id, ranMs, atMs }) => ({ id, ranMs, atMs })),
    [{ id: '1', ranMs: 1100, atMs: 1_700_000_002_100 }],
  );
  await stage.end('stuck');
  assert.deepEqual(ofEntry(events, '1').slice(2), ['aborted: timeout', 'settled: failed, timeout', 'stuck', 'ended']);
});

test('tells of a stuck turn too where a longer graceMs will release its lane', async () => {
  const stage = new Stage({ timeoutMs: 100, graceMs: 5000 });
  const events = stage.listen();
  void stage.enqueue('ada', 'stuck');
  await stage.elapse(5099);
  assert.deepEqual(ofEntry(events, '1').slice(2), ['aborted: timeout', 'settled: failed, timeout', 'stuck']);
  await stage.elapse(1);
  await stage.end('stuck');
  assert.deepEqual(ofEntry(events, '1').slice(5), ['released', 'ended']);
});

test('tells a listener of a stuck turn that was aborted before the listener came', async () => {
  const stage = new Stage({ timeoutMs: 100 });
  void stage.enqueue('ada', 'stuck');
  await stage.elapse(200);
  const events = stage.listen();
  await stage.elapse(10_000);
  assert.deepEqual(ofEntry(events, '1'), ['stuck']);
});

test('tells of a lane that was released, and of the end of the zombie', async () => {
  const stage = new Stage({ timeoutMs: 100, graceMs: 50 });
  const events = stage.listen();
  void stage.enqueue('ada', 'zombie');
  await stage.elapse(1000);
  assert.deepEqual(
    ofType(events, 'released').map(({ ranMs }) => ranMs),
    [150],
  );
  await stage.fail('zombie', new Error('too late'));
  const life = ['enqueued', 'started', 'aborted: timeout', 'settled: failed, timeout', 'released', 'ended'];
  assert.deepEqual(ofEntry(events, '1'), life);
});

test('tells once that everything has drained, though a zombie ends later', async () => {
  const stage = new Stage({ timeoutMs: 100, graceMs: 50 });
  const events = stage.listen();
  void stage.enqueue('ada', 'zombie');
  await stage.elapse(1000);
  assert.equal(ofType(events, 'drained').length, 1);
  await stage.end('zombie');
  assert.equal(ofType(events, 'drained').length, 1);
});

test('tells of what was refused, with the code', async () => {
  const stage = new Stage({ maxPending: 1 });
  const events = stage.listen();
  void stage.enqueue('ada', 'first');
  await assert.rejects(stage.enqueue('bob', 'full'), { code: 'full' });
  await stage.endAll();
  await assert.rejects(stage.enqueue('bob', 'aborted', { signal: AbortSignal.abort() }), { code: 'aborted' });
  stage.queue.stop();
  await assert.rejects(stage.enqueue('cleo', 'stopped'), { code: 'stopped' });
  await stage.settle();
  assert.deepEqual(ofType(events, 'refused'), [
    { type: 'refused', key: 'bob', code: 'full', atMs: 1_700_000_001_000 },
    { type: 'refused', key: 'bob', code: 'aborted', atMs: 1_700_000_001_000 },
    { type: 'refused', key: 'cleo', code: 'stopped', atMs: 1_700_000_001_000 },
  ]);
});

test('tells of pauses, resumes and stops', async () => {
  const stage = new Stage();
  const events = stage.listen();
  stage.queue.pause('ada');
  stage.queue.resume('ada');
  stage.queue.pause();
  stage.queue.resume();
  stage.queue.stop();
  await stage.settle();
  const atMs = 1_700_000_001_000;
  assert.deepEqual(events, [
    { type: 'paused', key: 'ada', atMs },
    { type: 'resumed', key: 'ada', atMs },
    { type: 'paused', atMs },
    { type: 'resumed', atMs },
    { type: 'stopped', atMs },
  ]);
});

test('says of every entry once that it was enqueued, and once how it settled', async () => {
  const stage = new Stage({ concurrency: 2, timeoutMs: 50, graceMs: 20 });
  const events = stage.listen();
  for (let number = 1; number <= 40; number += 1) {
    void stage.enqueue(`session ${number % 5}`, `task ${number}`, { ttlMs: 100 + 10 * number, priority: number % 3 });
  }
  await stage.elapse(75);
  await stage.endAll();
  stage.queue.cancel('session 3');
  await stage.elapse(5000);
  await stage.endAll();
  for (let id = 1; id <= 40; id += 1) {
    const life = ofEntry(events, String(id)).map((event) => event.split(':')[0]);
    assert.equal(life[0], 'enqueued');
    assert.equal(life.filter((type) => type === 'enqueued').length, 1);
    assert.equal(life.filter((type) => type === 'settled').length, 1, `entry ${id}`);
    assert.ok(life.filter((type) => type === 'started').length <= 1);
    assert.equal(life.includes('ended'), life.includes('started'));
  }
});

function withoutEpochs(events: readonly QueueEvent[]): object[] {
  return events.map((event) => Object.fromEntries(Object.entries(event).filter(([name]) => name !== 'epoch')));
}
