/** Deadlocks are found at the await that would close the ring, and refused with an error that names it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSessionQueue, QueueError } from '#src/index.ts';
import type { SessionQueue, Turn } from '#src/index.ts';

import { settle } from './fake-clock.ts';
import { queueErrorOf } from './stage.ts';

/** Ways to await an entry of one's own session from inside a turn; each is a deadlock. */
const ownSession: readonly { readonly how: string; readonly task: (queue: SessionQueue) => Promise<unknown> }[] = [
  { how: 'before any other await', task: async (queue) => await queue.enqueue('ada', neverRuns) },
  {
    how: 'after an await of something else',
    task: async (queue) => {
      await settle();
      await queue.enqueue('ada', neverRuns);
    },
  },
  {
    how: 'some time after it was enqueued',
    task: async (queue) => {
      const entry = queue.enqueue('ada', neverRuns);
      await settle();
      await entry;
    },
  },
  { how: 'by a return without await', task: (queue) => queue.enqueue('ada', neverRuns) },
  { how: 'by a return without await from an async function', task: async (queue) => queue.enqueue('ada', neverRuns) },
  { how: 'in Promise.all', task: (queue) => Promise.all([settle(), queue.enqueue('ada', neverRuns)]) },
  {
    how: 'in Promise.all, behind another session',
    task: async (queue) => await Promise.all([queue.enqueue('bob', () => 1), queue.enqueue('ada', neverRuns)]),
  },
  {
    how: 'by a then whose promise is awaited',
    task: async (queue) => await queue.enqueue('ada', neverRuns).then(() => 1),
  },
  {
    how: 'by a chain of thens that is returned',
    task: (queue) =>
      queue
        .enqueue('ada', neverRuns)
        .then(() => 1)
        .then(() => 2)
        .finally(() => undefined),
  },
  {
    how: 'by a finally whose promise is awaited',
    task: async (queue) => await queue.enqueue('ada', neverRuns).finally(() => undefined),
  },
  {
    how: 'in a function that the task awaits',
    task: async (queue) => {
      const helper = async (): Promise<unknown> => {
        await settle();
        return queue.enqueue('ada', neverRuns);
      };
      await helper();
    },
  },
  {
    how: 'in a callback of a promise',
    task: (queue) => settle().then(() => queue.enqueue('ada', neverRuns)),
  },
  {
    how: 'in new Promise',
    task: (queue) =>
      new Promise((resolve) => {
        resolve(queue.enqueue('ada', neverRuns));
      }),
  },
];

function neverRuns(): never {
  assert.fail('a refused entry ran');
}

for (const { how, task } of ownSession) {
  test(`refuses to await an entry of the own session ${how}`, async () => {
    const queue = createSessionQueue();
    const first = queue.enqueue('ada', () => task(queue));
    const behind = queue.enqueue('ada', () => 'runs as ever');
    const error = await queueErrorOf(first);
    assert.equal(error.code, 'deadlock');
    assert.match(error.message, /^Deadlock: "ada" waits for "ada"/);
    assert.equal(await behind, 'runs as ever');
    await queue.drained();
    assert.equal(queue.pending(), 0);
  });
}

test('refuses at once: nothing has to end before, and no time has to go by', async () => {
  const queue = createSessionQueue();
  let error: QueueError | undefined;
  void queue.enqueue('ada', async () => {
    error = await queueErrorOf(inside(queue, 'ada'));
    // The turn goes on for ever, and yet it knows.
    await new Promise(() => undefined);
  });
  await settle();
  assert.equal(error?.code, 'deadlock');
  assert.equal(queue.pending('ada'), 1);
});

test('lets the turn go on when it has caught the refusal, and try something else', async () => {
  const queue = createSessionQueue();
  const order: string[] = [];
  const result = await queue.enqueue('ada', async () => {
    const error = await queueErrorOf(inside(queue, 'ada'));
    void queue.enqueue('ada', () => void order.push('without awaiting'));
    order.push(await queue.enqueue('bob', () => 'another session'));
    return error.code;
  });
  await queue.drained();
  assert.equal(result, 'deadlock');
  assert.deepEqual(order, ['another session', 'without awaiting']);
});

test('refuses each await of its own with an error of its own', async () => {
  const queue = createSessionQueue();
  const errors = await queue.enqueue('ada', async () => [
    await queueErrorOf(inside(queue, 'ada')),
    await queueErrorOf(inside(queue, 'ada')),
  ]);
  assert.notEqual(errors[0], errors[1]);
});

for (const length of [2, 3, 4, 10]) {
  test(`refuses the await that closes a ring over ${length} sessions, and names the ring`, async () => {
    const queue = createSessionQueue();
    const keys = Array.from({ length }, (_, index) => `s${index}`);
    const outcomes = new Map<string, string>();
    // Each session awaits the next one, and the last one the first.
    const enterRing = async (index: number): Promise<string> => {
      const next = (index + 1) % length;
      const task = next === 0 ? neverRuns : () => enterRing(next);
      try {
        await queue.enqueue(`s${next}`, task);
      } catch (error) {
        outcomes.set(`s${index}`, error instanceof Error ? error.message : '');
        return 'refused';
      }
      return 'got it';
    };
    await queue.enqueue('s0', () => enterRing(0));
    await queue.drained();
    assert.deepEqual([...outcomes.keys()], [`s${length - 1}`]);
    // It begins with the session whose turn was refused.
    const ring = [keys.at(-1), ...keys].map((key) => `"${key}"`).join(' waits for ');
    assert.ok(outcomes.get(`s${length - 1}`)?.startsWith(`Deadlock: ${ring}, so`), outcomes.get(`s${length - 1}`));
  });

  test(`refuses a ring over ${length} sessions whose turns all run already, exactly once`, async () => {
    const queue = createSessionQueue();
    const allRun = gate(length);
    const outcomes: readonly PromiseSettledResult<string>[] = await Promise.allSettled(
      Array.from({ length }, (_, index) =>
        queue.enqueue(`s${index}`, async () => {
          await allRun();
          return await queue.enqueue(`s${(index + 1) % length}`, () => 'inner');
        }),
      ),
    );
    const errors = outcomes.flatMap((outcome): unknown[] => (outcome.status === 'rejected' ? [outcome.reason] : []));
    const codes = errors.map((error) => error instanceof QueueError && error.code);
    // Who caught nothing passes the failure on, but an inner entry behind a failed turn runs.
    assert.deepEqual(codes, ['deadlock']);
    await queue.drained();
  });
}

test('refuses a ring over two queues', async () => {
  const one = createSessionQueue();
  const other = createSessionQueue();
  const error = await one.enqueue('ada', () => other.enqueue('bob', () => queueErrorOf(inside(one, 'ada'))));
  assert.equal(error.code, 'deadlock');
  assert.match(error.message, /"bob" waits for "ada" waits for "bob"/);
});

test('refuses a ring that goes over an entry which waits behind others', async () => {
  const queue = createSessionQueue();
  const allRun = gate(2);
  const ada = queue.enqueue('ada', async () => {
    await allRun();
    return await queue.enqueue('bob', () => 'of bob');
  });
  const bob = queue.enqueue('bob', async () => {
    await allRun();
    await settle();
    return await queueErrorOf(inside(queue, 'ada'));
  });
  // They stand between, and have to run all the same.
  const between = [queue.enqueue('ada', () => 1), queue.enqueue('bob', () => 2)];
  assert.equal((await bob).code, 'deadlock');
  assert.equal(await ada, 'of bob');
  assert.deepEqual(await Promise.all(between), [1, 2]);
});

test('refuses a ring under concurrency 1, too', async () => {
  const queue = createSessionQueue({ concurrency: 1 });
  const error = await queue.enqueue('ada', () => queue.enqueue('bob', () => queueErrorOf(inside(queue, 'ada'))));
  assert.equal(error.code, 'deadlock');
  assert.equal(await queue.enqueue('cleo', () => 'has the slot'), 'has the slot');
});

test('refuses an await of an entry that another turn of the ring was handed', async () => {
  const queue = createSessionQueue();
  const allRun = gate(2);
  let ofAda: Promise<unknown> = Promise.resolve();
  const ada = queue.enqueue('ada', async () => {
    ofAda = queue.enqueue('ada', () => 'behind');
    await allRun();
    await queue.enqueue('bob', () => 'of bob');
  });
  const bob = queue.enqueue('bob', async () => {
    await allRun();
    await settle();
    await ofAda;
  });
  assert.equal((await queueErrorOf(bob)).code, 'deadlock');
  await ada;
});

test('refuses an await in a turn that was aborted and goes on', async () => {
  const queue = createSessionQueue();
  let error: QueueError | undefined;
  const turn = queue.enqueue('ada', async ({ signal }: Turn) => {
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
    error = await queueErrorOf(inside(queue, 'ada'));
  });
  await settle();
  queue.cancel('ada');
  await assert.rejects(turn, { code: 'cancelled' });
  await queue.drained();
  assert.equal(error?.code, 'deadlock');
});

test('shows whom a turn awaits', async () => {
  const queue = createSessionQueue();
  let end: (value: string) => void = () => undefined;
  const ada = queue.enqueue('ada', async () => {
    const others = ['bob', 'cleo'].map((key) =>
      queue.enqueue(
        key,
        () =>
          new Promise<string>((resolve) => {
            end = resolve;
          }),
      ),
    );
    return await others[1];
  });
  await settle();
  assert.deepEqual(queue.inspect('ada')?.turn?.awaits, ['cleo']);
  assert.deepEqual(queue.inspect('cleo')?.turn?.awaits, []);
  end('of cleo');
  assert.equal(await ada, 'of cleo');
});

/** Awaits an entry of that session in the way that would hang. */
async function inside(queue: SessionQueue, key: string): Promise<void> {
  await queue.enqueue(key, neverRuns);
}

/** Holds everyone who comes until all have come. */
function gate(count: number): () => Promise<void> {
  let missing = count;
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    missing -= 1;
    if (missing === 0) open();
    return opened;
  };
}
