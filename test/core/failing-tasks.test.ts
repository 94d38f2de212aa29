/** Tasks that fail in every way there is: the caller gets the reason as it is, and the next task runs in its turn. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSessionQueue } from '#src/index.ts';

import { Stage, rejectionOf, wrong } from './stage.ts';

const reason = new Error('on purpose');
const reasonWithThen = { then: (resolve: (value: string) => void) => resolve('never') };

const failures: readonly { readonly which: string; readonly task: () => unknown; readonly reason: unknown }[] = [
  { which: 'rejects', task: () => Promise.reject(reason), reason },
  {
    which: 'rejects after an await',
    task: async () => {
      await Promise.resolve();
      throw reason;
    },
    reason,
  },
  {
    which: 'throws before its first await',
    task: () => {
      throw reason;
    },
    reason,
  },
  { which: 'rejects with undefined', task: () => Promise.reject(wrong(undefined)), reason: undefined },
  { which: 'rejects with 0', task: () => Promise.reject(wrong(0)), reason: 0 },
  { which: 'rejects with null', task: () => Promise.reject(wrong(null)), reason: null },
  { which: 'rejects with a thenable', task: () => Promise.reject(wrong(reasonWithThen)), reason: reasonWithThen },
  {
    which: 'throws undefined',
    task: () => {
      throw wrong(undefined);
    },
    reason: undefined,
  },
  {
    which: 'returns a thenable that rejects',
    task: () => ({ then: (_: unknown, reject: (reason: unknown) => void) => reject(reason) }),
    reason,
  },
  {
    which: 'returns a thenable whose then throws',
    task: () => ({
      then: () => {
        throw reason;
      },
    }),
    reason,
  },
  {
    which: 'returns an object whose then getter throws',
    task: () => ({
      get then(): never {
        throw reason;
      },
    }),
    reason,
  },
  {
    which: 'returns a promise that has long been rejected',
    task: () => {
      const rejected = Promise.reject(reason);
      rejected.catch(() => undefined);
      return rejected;
    },
    reason,
  },
];

for (const failure of failures) {
  test(`a task that ${failure.which} tells its caller the reason as it is, and lets the next ones run in order`, async () => {
    const stage = new Stage();
    const failed = stage.queue.enqueue('ada', failure.task);
    void stage.enqueue('ada', 'second');
    void stage.enqueue('ada', 'third');
    assert.equal((await rejectionOf(failed)).reason, failure.reason);
    assert.equal(stage.queue.pending('ada'), 2);
    await stage.settle();
    assert.deepEqual(stage.running, ['second']);
    await stage.end('second');
    await stage.end('third');
    assert.deepEqual(stage.told, ['second: second', 'third: third']);
    assert.equal(stage.queue.pending(), 0);
  });
}

test('a task whose thenable settles three times ends once, with the first', async () => {
  const stage = new Stage();
  const result = stage.queue.enqueue('ada', () =>
    thenable<string>((resolve, reject) => {
      resolve('the first');
      resolve('the second');
      reject(reason);
      throw reason;
    }),
  );
  void stage.enqueue('ada', 'second');
  void stage.enqueue('ada', 'third');
  assert.equal(await result, 'the first');
  await stage.settle();
  assert.deepEqual(stage.running, ['second']);
  assert.equal(stage.queue.pending('ada'), 2);
});

test('a thenable that settles again after the next turn has begun does not end that one', async () => {
  const stage = new Stage();
  let settleAgain: (value: string) => void = () => undefined;
  const result = stage.queue.enqueue('ada', () =>
    thenable<string>((resolve) => {
      resolve('once');
      settleAgain = resolve;
    }),
  );
  void stage.enqueue('ada', 'second');
  void stage.enqueue('ada', 'third');
  assert.equal(await result, 'once');
  await stage.settle();
  settleAgain('twice');
  await stage.settle();
  assert.deepEqual(stage.running, ['second']);
});

test('follows a thenable that gives a thenable to its value', async () => {
  const queue = createSessionQueue();
  const inner = thenable<number>((resolve) => resolve(42));
  const outer = thenable<number>((resolve) => resolve(inner));
  assert.equal(await queue.enqueue('ada', () => outer), 42);
});

test('keeps the lane closed until a thenable has settled', async () => {
  const stage = new Stage();
  let settleIt: (value: string) => void = () => undefined;
  const result = stage.queue.enqueue('ada', () =>
    thenable<string>((resolve) => {
      settleIt = resolve;
    }),
  );
  void stage.enqueue('ada', 'second');
  await stage.settle();
  assert.deepEqual(stage.running, []);
  settleIt('at last');
  assert.equal(await result, 'at last');
  await stage.settle();
  assert.deepEqual(stage.running, ['second']);
});

test('asks a thenable for its then once, and never inside enqueue', async () => {
  const queue = createSessionQueue();
  let reads = 0;
  const watched = Object.defineProperty({}, 'then', {
    get: () => {
      reads += 1;
      return (resolve: (value: string) => void): void => resolve('value');
    },
  });
  const result = queue.enqueue('ada', () => watched);
  assert.equal(reads, 0);
  assert.equal(await result, 'value');
  assert.equal(reads, 1);
});

test('a task that never settles holds its own session and no other', async () => {
  const stage = new Stage();
  void stage.queue.enqueue('ada', () => new Promise(() => undefined));
  void stage.enqueue('ada', 'behind it');
  void stage.enqueue('bob', 'beside it');
  await stage.settle();
  assert.deepEqual(stage.running, ['beside it']);
  assert.equal(stage.queue.pending('ada'), 2);
});

test('gives back what a task returns, whatever it is', async () => {
  const queue = createSessionQueue();
  const values = [undefined, null, 0, '', NaN, Symbol('value'), {}, [], () => 42, new Error('returned, not thrown')];
  for (const value of values) assert.equal(await queue.enqueue('ada', () => value), value);
  for (const value of values) assert.equal(await queue.enqueue('ada', async () => value), value);
});

test('a promise with a then of its own ends its turn like any other', async () => {
  const stage = new Stage();
  const odd = Object.assign(Promise.resolve('value'), { then: () => assert.fail('not to be called') });
  const result = stage.queue.enqueue('ada', () => odd);
  void stage.enqueue('ada', 'second');
  await stage.settle();
  assert.deepEqual(stage.running, ['second']);
  assert.equal(await result, 'value');
});

test('passes on the failure of one task to its own caller alone', async () => {
  const stage = new Stage();
  for (const name of ['first', 'second', 'third']) void stage.enqueue('ada', name);
  void stage.enqueue('bob', 'of bob');
  await stage.settle();
  await stage.fail('first', reason);
  await stage.endAll();
  assert.deepEqual(stage.told, ['first: on purpose', 'of bob: of bob', 'second: second', 'third: third']);
});

/** Something that only looks like a promise. Its `then` gives nothing back, which the type would not allow. */
function thenable<Value>(
  then: (resolve: (value: Value | PromiseLike<Value>) => void, reject: (reason: unknown) => void) => void,
): PromiseLike<Value> {
  return { then } as PromiseLike<Value>;
}
