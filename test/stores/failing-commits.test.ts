/** A journal that can't write for a while, or never again: what is told, and what goes on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import type { DurableQueue } from '#src/core/store.ts';
import { DurableQueue as StoredQueue } from '#src/stores/durable-queue.ts';
import { NotCommitted } from '#src/stores/journal.ts';
import type { Line } from '#src/stores/journal.ts';
import { MemoryContents, MemoryJournal } from '#src/stores/memory-journal.ts';

import { FakeClock } from '../core/fake-clock.ts';

class Moody extends MemoryJournal {
  isBroken = false;
  isCertain = true;

  override commit(lines: readonly Line[]): void {
    if (this.isBroken) throw new NotCommitted('on purpose', this.isCertain);
    super.commit(lines);
  }
}

interface Stage {
  readonly clock: FakeClock;
  readonly journal: Moody;
  readonly queue: DurableQueue<string, string>;
  readonly started: string[];
}

function makeStage(): Stage {
  const clock = new FakeClock();
  const journal = new Moody(new MemoryContents(), clock);
  const started: string[] = [];
  const queue = createQueueWithClock<string, string>(
    {
      run: async ({ input }) => {
        started.push(input);
        if (input === 'breaks') journal.isBroken = true;
        return input;
      },
      store: { name: 'moody', makeQueue: (options, of) => new StoredQueue(options, journal, of) },
    },
    clock,
  );
  return { clock, journal, queue, started };
}

test('refuses what could not be stored, says whether that is certain, and takes the same id again', async () => {
  const { clock, journal, queue } = makeStage();
  journal.isBroken = true;
  for (const [isCertain, code] of [
    [true, 'not-stored'],
    [false, 'maybe-stored'],
  ] as const) {
    journal.isCertain = isCertain;
    const ticket = queue.enqueue('ada', 'a', { id: 'x' });
    await assert.rejects(ticket.accepted, { code });
    await assert.rejects(ticket, { code });
  }
  journal.isBroken = false;
  assert.equal(await queue.enqueue('ada', 'a', { id: 'x' }), 'a');
  assert.deepEqual([queue.pending(), clock.timers], [0, 0]);
});

test('keeps the lane of a turn whose end could not be stored, and goes on when it can', async () => {
  const { clock, journal, queue, started } = makeStage();
  const first = queue.enqueue('ada', 'breaks');
  await first.accepted;
  await clock.elapse(5000);
  assert.equal(queue.pending('ada'), 1);
  assert.equal(queue.inspect('ada')?.state, 'running');
  journal.isBroken = false;
  const second = queue.enqueue('ada', 'second');
  await clock.elapse(1000);
  assert.deepEqual([await first, await second], ['breaks', 'second']);
  assert.deepEqual(started, ['breaks', 'second']);
});

test('tells whoever waits for an end that could not be stored before the close', async () => {
  const { clock, queue } = makeStage();
  const ticket = queue.enqueue('ada', 'breaks');
  await ticket.accepted;
  const told = assert.rejects(ticket, { code: 'maybe-stored', message: /may run again in the next life/ });
  const closed = queue.close({ drainMs: 0 });
  await clock.elapse(10_000);
  await closed;
  await told;
  assert.equal(clock.timers, 0);
});
