/** The errors of the queue: what each says, and that no two callers ever get the same one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { QueueError } from '#src/index.ts';
import type { EntryOptions, QueueErrorCode, QueueOptions } from '#src/index.ts';

import { queueErrorOf, Stage } from './stage.ts';

interface Refusal {
  readonly code: QueueErrorCode;
  readonly queue?: QueueOptions;
  readonly entry?: EntryOptions;
  readonly before?: (stage: Stage) => unknown;
  readonly after?: (stage: Stage) => unknown;
  readonly says: RegExp;
}

const controller = new AbortController();

// Two entries each, of one session, both of which end with that code.
const refusals: readonly Refusal[] = [
  { code: 'stopped', before: (stage) => stage.queue.stop(), says: /^Queue has been stopped$/ },
  {
    code: 'full',
    queue: { maxPending: 1 },
    before: (stage) => stage.enqueue('bob', 'fills it'),
    says: /^The queue has 1 pending.*nothing was enqueued.*raise maxPending/,
  },
  {
    code: 'expired',
    entry: { ttlMs: 100 },
    before: (stage) => stage.queue.pause(),
    after: (stage) => stage.elapse(100),
    says: /^Session "ada".*ttlMs of 100/,
  },
  {
    code: 'cancelled',
    before: (stage) => stage.queue.pause(),
    after: (stage) => stage.queue.cancel('ada'),
    says: /^Session "ada".*cancel/,
  },
  {
    code: 'closed',
    before: (stage) => stage.queue.pause(),
    after: (stage) => void stage.queue.close({ drainMs: 0 }),
    says: /^Session "ada".*closed/,
  },
  {
    code: 'aborted',
    entry: { signal: controller.signal },
    after: () => controller.abort('not wanted'),
    says: /^Session "ada".*signal/,
  },
  {
    code: 'timeout',
    queue: { timeoutMs: 100, graceMs: 0 },
    after: (stage) => stage.elapse(200),
    says: /^Session "ada".*100 ms/,
  },
  {
    code: 'idle-timeout',
    queue: { idleTimeoutMs: 100, graceMs: 0 },
    after: (stage) => stage.elapse(200),
    says: /^Session "ada".*100 ms/,
  },
];

for (const { code, queue, entry, before, after, says } of refusals) {
  test(`gives each of two callers an error of its own with the code ${code}`, async () => {
    const stage = new Stage(queue);
    void before?.(stage);
    await stage.settle();
    const results = ['one', 'other'].map((name) => queueErrorOf(stage.queue.enqueue('ada', stage.task(name), entry)));
    await stage.settle();
    await after?.(stage);
    const errors = await Promise.all(results);
    assert.notEqual(errors[0], errors[1]);
    for (const error of errors) {
      assert.ok(error instanceof Error && error instanceof QueueError);
      assert.equal(error.code, code);
      assert.equal(error.name, 'QueueError');
      assert.match(error.message, says);
    }
  });
}
