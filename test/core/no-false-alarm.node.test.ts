/** What is no deadlock is never refused: an entry that nobody inside the ring awaits, and an await that will end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSessionQueue } from '#src/index.ts';
import type { SessionQueue } from '#src/index.ts';

import { settle, until } from './fake-clock.ts';
import { Stage } from './stage.ts';

interface Case {
  readonly title: string;
  /** Runs in a turn of `ada`; what it notes is compared, in order, when all has ended. */
  readonly task: (queue: SessionQueue, note: (what: string) => void) => unknown;
  readonly noted: readonly string[];
}

const cases: readonly Case[] = [
  {
    title: 'an entry of the own session whose promise is ignored',
    task: (queue, note) => {
      void queue.enqueue('ada', () => note('inner'));
      note('outer');
    },
    noted: ['outer', 'inner'],
  },
  {
    title: 'an entry of the own session with a catch',
    task: async (queue, note) => {
      queue.enqueue('ada', () => note('inner')).catch(() => note('refused'));
      await settle();
      note('outer');
    },
    noted: ['outer', 'inner'],
  },
  {
    title: 'an entry of the own session with a then that nobody awaits',
    task: async (queue, note) => {
      void queue.enqueue('ada', () => 'inner').then(note);
      void queue.enqueue('ada', () => 'inner too').then(note, () => note('refused'));
      await settle();
      note('outer');
    },
    noted: ['outer', 'inner', 'inner too'],
  },
  {
    title: 'an entry of the own session with a finally that nobody awaits',
    task: async (queue, note) => {
      void queue.enqueue('ada', () => note('inner')).finally(() => note('finally'));
      await settle();
      note('outer');
    },
    noted: ['outer', 'inner', 'finally'],
  },
  {
    title: 'an entry of the own session with a whole chain that nobody awaits',
    task: async (queue, note) => {
      queue
        .enqueue('ada', () => 'inner')
        .finally(() => undefined)
        .then(note)
        .catch(() => note('refused'));
      await settle();
      note('outer');
    },
    noted: ['outer', 'inner'],
  },
  {
    title: 'an await of another session',
    task: async (queue, note) => {
      note(await queue.enqueue('bob', () => 'of bob'));
      note(await queue.enqueue('bob', () => 'of bob again').then((value) => value));
      note('outer');
    },
    noted: ['of bob', 'of bob again', 'outer'],
  },
  {
    title: 'awaits of several other sessions at once, and of one that awaits a further one',
    task: async (queue, note) => {
      const inner = queue.enqueue('bob', async () => await queue.enqueue('cleo', () => 'of cleo, by bob'));
      const values = await Promise.all([
        inner,
        queue.enqueue('bob', () => 'of bob'),
        queue.enqueue('cleo', () => 'of cleo'),
      ]);
      for (const value of values) note(value);
    },
    noted: ['of cleo, by bob', 'of bob', 'of cleo'],
  },
  {
    title: 'an await of a further entry of a session that was awaited before',
    task: async (queue, note) => {
      for (let round = 0; round < 3; round += 1) note(await queue.enqueue('bob', () => `round ${round}`));
    },
    noted: ['round 0', 'round 1', 'round 2'],
  },
  {
    title: 'an await by the turn of another session that this one does not await',
    task: async (queue, note) => {
      void queue.enqueue('bob', async () => note(await queue.enqueue('ada', () => 'of ada, by bob')));
      await settle();
      note('outer');
    },
    noted: ['outer', 'of ada, by bob'],
  },
  {
    title: 'an await of the own session in code that the turn left behind, once it has ended',
    task: (queue, note) => {
      const later = async (): Promise<void> => note(await queue.enqueue('ada', () => 'from a timer'));
      setTimeout(() => void later(), 0);
      note('outer');
    },
    noted: ['outer', 'from a timer'],
  },
  {
    title: 'an await of an entry that has ended long before',
    task: async (queue, note) => {
      const entry = queue.enqueue('bob', () => 'of bob');
      await settle();
      note(await entry);
      note(await entry);
    },
    noted: ['of bob', 'of bob'],
  },
  {
    title: 'an await of a session with the same key of another queue',
    task: async (_, note) => {
      note(await createSessionQueue().enqueue('ada', () => 'of another queue'));
    },
    noted: ['of another queue'],
  },
];

for (const options of [undefined, { concurrency: 1 }]) {
  const under = options === undefined ? '' : ', under concurrency 1';
  for (const { title, task, noted } of cases) {
    test(`takes ${title} for no deadlock${under}`, async () => {
      const queue = createSessionQueue(options);
      const notes: string[] = [];
      await queue.enqueue('ada', () => task(queue, (what) => void notes.push(what)));
      await until(() => notes.length >= noted.length);
      await queue.drained();
      assert.deepEqual(notes, noted);
      assert.equal(queue.pending(), 0);
    });
  }
}

test('takes an await outside of the turn, of a promise that was made inside it, for no deadlock', async () => {
  const queue = createSessionQueue();
  const handedOut: Promise<string>[] = [];
  await queue.enqueue('ada', async () => {
    handedOut.push(
      queue.enqueue('ada', () => 'first'),
      queue.enqueue('ada', () => 'second'),
    );
    await settle();
  });
  assert.deepEqual(await Promise.all(handedOut), ['first', 'second']);
});

test('takes an await that began outside while the turn still runs for no deadlock', async () => {
  const queue = createSessionQueue();
  let handOut: (entry: { readonly entry: Promise<string> }) => void = () => undefined;
  const handedOut = new Promise<{ readonly entry: Promise<string> }>((resolve) => {
    handOut = resolve;
  });
  const outside = (async () => {
    const { entry } = await handedOut;
    return await entry;
  })();
  await queue.enqueue('ada', async () => {
    handOut({ entry: queue.enqueue('ada', () => 'inner') });
    await settle();
  });
  assert.equal(await outside, 'inner');
});

test('takes an entry whose outcome a then hands to somebody outside for no deadlock', async () => {
  const queue = createSessionQueue();
  let handOut: () => void = () => undefined;
  const outside = new Promise<string>((resolve, reject) => {
    handOut = () => void queue.enqueue('ada', () => 'inner').then(resolve, reject);
  });
  void queue.enqueue('ada', () => handOut());
  assert.equal(await outside, 'inner');
});

test('takes an await of the own session by a zombie, whose lane was released, for no deadlock', async () => {
  const stage = new Stage({ timeoutMs: 100, graceMs: 50 });
  let result: Promise<string> = Promise.resolve('');
  const zombie = stage.queue.enqueue('ada', async ({ signal }) => {
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
    await released;
    result = (async () => await stage.queue.enqueue('ada', () => 'of ada'))();
    await result;
  });
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await Promise.all([assert.rejects(zombie, { code: 'timeout' }), stage.elapse(150)]);
  release();
  await stage.settle();
  assert.equal(await result, 'of ada');
});

test('takes sessions that await each other one after another for no deadlock', async () => {
  const queue = createSessionQueue();
  assert.equal(await queue.enqueue('ada', async () => await queue.enqueue('bob', () => 'of bob')), 'of bob');
  assert.equal(await queue.enqueue('bob', async () => await queue.enqueue('ada', () => 'of ada')), 'of ada');
});

test('forgets whom a turn awaited when the await is over', async () => {
  const queue = createSessionQueue();
  const result = await queue.enqueue('ada', async () => {
    await queue.enqueue('bob', () => 1);
    // Bob awaits Ada now, and Ada awaits nobody.
    const ofBob = queue.enqueue('bob', async () => await queue.enqueue('ada', () => 'later, of ada'));
    await settle();
    return { ofBob };
  });
  assert.equal(await result.ofBob, 'later, of ada');
});

test('forgets whom a turn awaited when the awaited entry was dropped', async () => {
  const stage = new Stage();
  void stage.enqueue('bob', 'running');
  const ada = stage.queue.enqueue('ada', async () => {
    await stage.queue.enqueue('bob', () => 1).catch(() => undefined);
    return await stage.queue.enqueue('cleo', () => 'of cleo');
  });
  await stage.settle();
  assert.deepEqual(stage.queue.inspect('ada')?.turn?.awaits, ['bob']);
  stage.queue.cancel('bob');
  assert.equal(await ada, 'of cleo');
});

test('has all its slots again after turns that awaited other sessions, however the awaits ended', async () => {
  const stage = new Stage({ concurrency: 2, graceMs: 10 });
  const awaiting = async (key: string): Promise<unknown> => {
    const entry = stage.queue.enqueue(key, stage.task(`of ${key}`));
    return await entry.catch(() => undefined);
  };
  const turns = ['ada', 'bob', 'cleo', 'dan'].map((key) =>
    stage.queue.enqueue(key, () => awaiting(`${key}'s`), { timeoutMs: key === 'bob' ? 5 : 1000 }),
  );
  const outcomes = Promise.allSettled(turns);
  await stage.settle();
  stage.queue.cancel("ada's");
  stage.queue.cancel('cleo');
  await stage.elapse(100);
  await stage.endAll();
  await outcomes;
  await stage.queue.drained();
  for (const key of ['ada', 'bob', 'cleo', 'dan']) void stage.enqueue(key, `${key} afterwards`);
  await stage.settle();
  assert.equal(stage.running.length, 2);
  await stage.endAll();
});

test('never runs more turns than it has slots when an await is over, those that await not counted', async () => {
  const queue = createSessionQueue({ concurrency: 2 });
  let busy = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    busy += 1;
    most = Math.max(most, busy);
    await settle();
    busy -= 1;
  };
  const results = Array.from({ length: 12 }, (_, number) =>
    queue.enqueue(`session ${number % 4}`, async () => {
      await work();
      await Promise.all([1, 2, 3].map((other) => queue.enqueue(`${other} of session ${number % 4}`, work)));
      await work();
    }),
  );
  await Promise.all(results);
  assert.equal(most, 2);
});
