/** Bad options and arguments: told at once or by a rejection, naming the part, the value and what was expected. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSessionQueue, QueueError } from '#src/index.ts';

import { rejectionOf, Stage, wrong } from './stage.ts';

const count = 'an integer >= 1, or Infinity';
const duration = 'milliseconds > 0, or Infinity';
const delay = 'milliseconds >= 0, or Infinity';

const badQueueOptions: readonly (readonly [name: string, value: unknown, shown: string, expected: string])[] = [
  ['concurrency', 0, '0', count],
  ['concurrency', -1, '-1', count],
  ['concurrency', 1.5, '1.5', count],
  ['concurrency', NaN, 'NaN', count],
  ['concurrency', -Infinity, '-Infinity', count],
  ['concurrency', '8', '"8"', count],
  ['concurrency', null, 'null', count],
  ['maxPending', 0, '0', count],
  ['maxPending', 10.5, '10.5', count],
  ['maxPendingPerSession', 0, '0', count],
  ['maxPendingPerSession', true, 'true', count],
  ['timeoutMs', 0, '0', duration],
  ['timeoutMs', -1, '-1', duration],
  ['timeoutMs', NaN, 'NaN', duration],
  ['timeoutMs', '1s', '"1s"', duration],
  ['idleTimeoutMs', 0, '0', duration],
  ['idleTimeoutMs', 10n, '10', duration],
  ['graceMs', -1, '-1', delay],
  ['graceMs', NaN, 'NaN', delay],
  ['graceMs', Symbol('soon'), 'Symbol(soon)', delay],
];

for (const [name, value, shown, expected] of badQueueOptions) {
  test(`refuses to make a queue with ${name}: ${shown} (${typeof value})`, () => {
    assert.throws(() => createSessionQueue(wrong({ [name]: value })), {
      name: typeof value === 'number' ? 'RangeError' : 'TypeError',
      message: `createSessionQueue: ${name} is ${shown}; expected ${expected}.`,
    });
  });
}

const badEntryOptions: readonly (readonly [name: string, value: unknown, shown: string, expected: string])[] = [
  ['timeoutMs', 0, '0', duration],
  ['timeoutMs', '100', '"100"', duration],
  ['ttlMs', 0, '0', duration],
  ['ttlMs', NaN, 'NaN', duration],
  ['ttlMs', -5, '-5', duration],
  ['priority', Infinity, 'Infinity', 'a finite number of seconds'],
  ['priority', NaN, 'NaN', 'a finite number of seconds'],
  ['priority', 'high', '"high"', 'a finite number of seconds'],
  ['signal', null, 'null', 'an AbortSignal'],
  ['signal', 'abort', '"abort"', 'an AbortSignal'],
  ['signal', new AbortController(), '[object AbortController]', 'an AbortSignal'],
];

for (const [name, value, shown, expected] of badEntryOptions) {
  test(`rejects an entry with ${name}: ${shown} (${typeof value}), and enqueues nothing`, async () => {
    const stage = new Stage();
    const { reason } = await rejectionOf(stage.queue.enqueue('ada', stage.task('never'), wrong({ [name]: value })));
    assert.ok(reason instanceof Error && !(reason instanceof QueueError));
    assert.equal(reason.name, typeof value === 'number' ? 'RangeError' : 'TypeError');
    assert.equal(reason.message, `enqueue: ${name} is ${shown}; expected ${expected}.`);
    assert.equal(stage.queue.pending(), 0);
    await stage.settle();
    assert.deepEqual(stage.started, []);
  });
}

const badKeys: readonly (readonly [value: unknown, shown: string])[] = [
  [42, '42'],
  [undefined, 'undefined'],
  [null, 'null'],
  [Symbol('ada'), 'Symbol(ada)'],
  [{}, '[object Object]'],
  [() => 'ada', 'a function'],
];

for (const [key, shown] of badKeys) {
  test(`rejects ${shown} for a session key, and enqueues nothing`, async () => {
    const queue = createSessionQueue();
    const result = queue.enqueue(wrong(key), () => 1);
    await assert.rejects(result, {
      name: 'TypeError',
      message: `enqueue: the session key is ${shown}; expected a string.`,
    });
    assert.equal(queue.pending(), 0);
  });
}

test('rejects a task that is no function, and says whose it was', async () => {
  const queue = createSessionQueue();
  await assert.rejects(queue.enqueue('ada', wrong(Promise.resolve(1))), {
    name: 'TypeError',
    message: 'enqueue: the task of session "ada" is [object Promise]; expected a function.',
  });
  await assert.rejects(queue.enqueue('ada', wrong(undefined)), { name: 'TypeError', message: /"ada" is undefined/ });
  assert.equal(queue.pending(), 0);
});

test('names every option there is when it is given an unknown one', async () => {
  assert.throws(() => createSessionQueue(wrong({ concurency: 8 })), {
    name: 'TypeError',
    message:
      'createSessionQueue: there is no option "concurency"; there are policy, concurrency, timeoutMs, idleTimeoutMs, ' +
      'graceMs, maxPending, maxPendingPerSession.',
  });
  await assert.rejects(
    createSessionQueue().enqueue('ada', () => 1, wrong({ timeout: 8 })),
    {
      name: 'TypeError',
      message: 'enqueue: there is no option "timeout"; there are signal, timeoutMs, ttlMs, priority.',
    },
  );
  await assert.rejects(createSessionQueue().close(wrong({ drain: 8 })), {
    name: 'TypeError',
    message: 'close: there is no option "drain"; there are drainMs.',
  });
});

test('takes the names that every object has for unknown options too', () => {
  for (const name of ['constructor', 'toString', 'hasOwnProperty']) {
    assert.throws(() => createSessionQueue(wrong({ [name]: 1 })), { name: 'TypeError', message: /there is no option/ });
  }
});

test('refuses options that are no object', async () => {
  for (const options of [null, 42, 'fast', true, () => undefined]) {
    assert.throws(() => createSessionQueue(wrong(options)), {
      name: 'TypeError',
      message: /^createSessionQueue: the options are /,
    });
    const result = createSessionQueue().enqueue('ada', () => 1, wrong(options));
    await assert.rejects(result, { name: 'TypeError', message: /^enqueue: the options are .*; expected an object\.$/ });
  }
});

test('names a value in its message that can hardly be shown', async () => {
  const unshowable: unknown[] = [
    Object.create(null),
    { toString: () => assert.fail('called') },
    [],
    ['a'],
    'x'.repeat(1e6),
  ];
  for (const value of unshowable) {
    assert.throws(() => createSessionQueue(wrong({ concurrency: value })), {
      name: 'TypeError',
      message: /^createSessionQueue: concurrency is .{1,100}; expected an integer/,
    });
    const { reason } = await rejectionOf(createSessionQueue().enqueue('ada', wrong(value)));
    assert.ok(reason instanceof TypeError);
    assert.match(reason.message, /^enqueue: the task of session "ada" is .{1,100}; expected a function\.$/);
  }
});

test('takes undefined for any option as if it were not there', async () => {
  const queue = createSessionQueue({
    concurrency: undefined,
    timeoutMs: undefined,
    idleTimeoutMs: undefined,
    graceMs: undefined,
    maxPending: undefined,
    maxPendingPerSession: undefined,
  });
  const options = { signal: undefined, timeoutMs: undefined, ttlMs: undefined, priority: undefined };
  assert.equal(await queue.enqueue('ada', () => 42, options), 42);
  await queue.close({ drainMs: undefined });
});

test('takes Infinity for any limit', async () => {
  const queue = createSessionQueue({
    concurrency: Infinity,
    timeoutMs: Infinity,
    idleTimeoutMs: Infinity,
    graceMs: Infinity,
    maxPending: Infinity,
    maxPendingPerSession: Infinity,
  });
  assert.equal(await queue.enqueue('ada', () => 42, { timeoutMs: Infinity, ttlMs: Infinity }), 42);
  await queue.close({ drainMs: Infinity });
});

test('never throws from enqueue, whatever it is given', async () => {
  const queue = createSessionQueue({ maxPending: 1 });
  const odd: unknown[] = [undefined, null, 0, NaN, 'text', Symbol('odd'), {}, [], Object.create(null), 1n, () => 1];
  const results: Promise<unknown>[] = [];
  for (const key of odd) {
    for (const task of odd) {
      for (const options of odd) results.push(queue.enqueue(wrong(key), wrong(task), wrong(options)));
    }
  }
  for (const result of results) assert.ok(result instanceof Promise);
  const outcomes = await Promise.allSettled(results);
  assert.ok(outcomes.filter(({ status }) => status === 'fulfilled').length <= 1);
});

test('escapes a session key in its messages, and cuts a long one', async () => {
  const queue = createSessionQueue();
  const messageFor = async (key: string): Promise<string> => {
    const { reason } = await rejectionOf(queue.enqueue(key, wrong(0)));
    return reason instanceof Error ? reason.message : '';
  };
  assert.match(await messageFor('a"b\n\u{1b}[31m'), /session "a\\"b\\n\\u001b\[31m" is/);
  assert.match(await messageFor('\u{7f}\u{9b}31m\u{202e}\u{2028}'), /session "\\u007f\\u009b31m\\u202e\\u2028" is/);
  assert.ok((await messageFor('x'.repeat(5_000_000))).length < 200);
});
