/** Each task runs in the async context of its own `enqueue` call, however it came to run. */
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import { createSessionQueue } from '#src/index.ts';
import type { EntryOptions, QueueOptions, SessionQueue } from '#src/index.ts';

import { FakeClock, settle } from './fake-clock.ts';

const user = new AsyncLocalStorage<string>();

class Users {
  readonly clock = new FakeClock();
  readonly queue: SessionQueue;
  /** Who enqueued, and whose context the task had: at its start, and after an await. */
  readonly seen: string[] = [];

  constructor(options?: QueueOptions) {
    this.queue = createQueueWithClock(options, this.clock);
  }

  enqueue(name: string, key: string, options?: EntryOptions): Promise<void> {
    return user.run(name, () =>
      this.queue.enqueue(
        key,
        async () => {
          const atStart = user.getStore();
          await settle();
          this.seen.push(`${name}: ${atStart}, ${user.getStore()}`);
        },
        options,
      ),
    );
  }
}

test('runs the first task of an idle session in the context of its caller', async () => {
  const users = new Users();
  await Promise.all([users.enqueue('ada', 'one'), users.enqueue('bob', 'two')]);
  assert.deepEqual(users.seen, ['ada: ada, ada', 'bob: bob, bob']);
});

test('runs a task that waited in the context of its caller, not of whoever ended before it', async () => {
  const users = new Users();
  await Promise.all(['ada', 'bob', 'cleo'].map((name) => users.enqueue(name, 'shared')));
  assert.deepEqual(users.seen, ['ada: ada, ada', 'bob: bob, bob', 'cleo: cleo, cleo']);
});

test('runs a task without any context where its caller had none', async () => {
  const users = new Users();
  const seen: unknown[] = [];
  const first = users.enqueue('ada', 'shared');
  const second = users.queue.enqueue('shared', () => void seen.push(user.getStore()));
  const third = users.queue.enqueue('another', () => void seen.push(user.getStore()));
  await Promise.all([first, second, third]);
  assert.deepEqual(seen, [undefined, undefined]);
});

test('keeps contexts apart under concurrency, where another session hands over the slot', async () => {
  const users = new Users({ concurrency: 1 });
  await Promise.all(['ada', 'bob', 'cleo', 'dan'].map((name) => users.enqueue(name, `of ${name}`)));
  assert.deepEqual(users.seen, ['ada: ada, ada', 'bob: bob, bob', 'cleo: cleo, cleo', 'dan: dan, dan']);
});

test('keeps contexts apart when entries start after a pause, by the hand of who resumes', async () => {
  const users = new Users();
  users.queue.pause();
  const aboutToStart = new Users();
  const all = ['ada', 'bob'].map((name) => users.enqueue(name, 'shared'));
  const kept = aboutToStart.enqueue('cleo', 'kept back');
  aboutToStart.queue.pause();
  await settle();
  user.run('who resumes', () => {
    users.queue.resume();
    aboutToStart.queue.resume();
  });
  await Promise.all([...all, kept]);
  assert.deepEqual(users.seen, ['ada: ada, ada', 'bob: bob, bob']);
  assert.deepEqual(aboutToStart.seen, ['cleo: cleo, cleo']);
});

test('keeps contexts apart when entries start after one was cancelled, expired or left by its signal', async () => {
  const users = new Users();
  const controller = new AbortController();
  const first = users.enqueue('ada', 'shared', { signal: controller.signal });
  const rest = ['bob', 'cleo'].map((name) => users.enqueue(name, 'shared'));
  user.run('who aborts', () => controller.abort());
  await Promise.allSettled([first, ...rest]);
  assert.deepEqual(users.seen, ['bob: bob, bob', 'cleo: cleo, cleo']);
});

test('keeps contexts apart when a lane was released after a timeout', async () => {
  const users = new Users({ timeoutMs: 100, graceMs: 50 });
  const zombie = user.run('zombie', () => users.queue.enqueue('shared', () => new Promise(() => undefined)));
  const next = users.enqueue('ada', 'shared');
  zombie.catch(() => undefined);
  await users.clock.elapse(150);
  await next;
  assert.deepEqual(users.seen, ['ada: ada, ada']);
});

test('keeps contexts apart over the cuts of a pass', async () => {
  const clock = new FakeClock();
  const queue = createQueueWithClock({}, clock);
  const wrong: string[] = [];
  const results: Promise<void>[] = [];
  for (let number = 0; number < 300; number += 1) {
    const name = `user ${number}`;
    const task = (): void => {
      if (user.getStore() !== name) wrong.push(`${name}: ${user.getStore()}`);
      clock.block(1);
    };
    results.push(user.run(name, () => queue.enqueue(`session ${number % 100}`, task)));
  }
  await Promise.all(results);
  assert.deepEqual(wrong, []);
});

test('gives the caller its own context back after the await, and not that of a task', async () => {
  const queue = createSessionQueue();
  const seen = await Promise.all(
    ['ada', 'bob'].map((name) =>
      user.run(name, async () => {
        await queue.enqueue('shared', () => user.run(`inside, of ${name}`, settle));
        const afterAwait = user.getStore();
        await queue.enqueue('shared', () => undefined).then(() => assert.equal(user.getStore(), name));
        return `${name}: ${afterAwait}`;
      }),
    ),
  );
  assert.deepEqual(seen, ['ada: ada', 'bob: bob']);
});

test('lets no context that a task enters reach the next task, or the code that enqueued it', async () => {
  const queue = createSessionQueue();
  const seen: unknown[] = [];
  const first = queue.enqueue('shared', () => {
    user.enterWith('entered by the first');
  });
  const second = queue.enqueue('shared', () => void seen.push(user.getStore()));
  const third = queue.enqueue('another', () => void seen.push(user.getStore()));
  await Promise.all([first, second, third]);
  seen.push(user.getStore());
  assert.deepEqual(seen, [undefined, undefined, undefined]);
});

test('runs what a turn enqueues in the context of that turn, or of whom it runs it as', async () => {
  const users = new Users();
  const inner: Promise<void>[] = [];
  await user.run('ada', () =>
    users.queue.enqueue('shared', () => {
      inner.push(users.queue.enqueue('shared', () => void users.seen.push(`inner: ${user.getStore()}`)));
      inner.push(users.enqueue('bob', 'shared'));
    }),
  );
  await Promise.all(inner);
  assert.deepEqual(users.seen, ['inner: ada', 'bob: bob, bob']);
});

test('calls a listener in the context of its subscribe call, whoever causes the event', async () => {
  const users = new Users();
  const seen = new Set<unknown>();
  user.run('listener', () => users.queue.subscribe(() => seen.add(user.getStore())));
  const seenByOther = new Set<unknown>();
  users.queue.subscribe(() => seenByOther.add(user.getStore()));
  await users.enqueue('ada', 'shared');
  user.run('bob', () => users.queue.pause());
  await settle();
  assert.deepEqual([...seen], ['listener']);
  assert.deepEqual([...seenByOther], [undefined]);
});

test('keeps contexts apart in a queue that was made inside a context', async () => {
  const users = user.run('maker', () => new Users());
  const seen: unknown[] = [];
  await Promise.all([users.enqueue('ada', 'shared'), users.enqueue('bob', 'another')]);
  await users.queue.enqueue('shared', () => void seen.push(user.getStore()));
  assert.deepEqual(users.seen, ['ada: ada, ada', 'bob: bob, bob']);
  assert.deepEqual(seen, [undefined]);
});
