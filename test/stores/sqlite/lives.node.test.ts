/** What one life of a queue leaves to the next, where a file is special: clocks, numbers, sizes. */
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import { createSessionQueue } from '#src/index.ts';
import type { MessageTurn } from '#src/index.ts';
import { sqlite } from '#src/stores/sqlite/index.ts';

import { FakeClock } from '../../core/fake-clock.ts';
import { describeAll, makeFolder, skip } from './parts.ts';

/** A machine whose clock somebody has set. */
class WrongClock extends FakeClock {
  readonly #offsetMs: number;

  constructor(offsetMs: number) {
    super();
    this.#offsetMs = offsetMs;
  }

  override wall(): number {
    return super.wall() + this.#offsetMs;
  }
}

describe('the lives of a queue in a file', { skip }, () => {
  it('keep the order where the clock was put back, or forth, between them', async () => {
    const path = join(makeFolder(), 'queue.db');
    const dayMs = 86_400_000;
    const ran: string[] = [];
    for (const offsetMs of [0, -dayMs, 10 * dayMs, -10 * dayMs]) {
      const queue = open(path, ran, new WrongClock(offsetMs));
      queue.pause();
      const tickets = ['a', 'b'].map((name) => queue.enqueue('ada', `${offsetMs / dayMs} ${name}`));
      const outcomes = describeAll(tickets);
      await tickets[1]?.accepted;
      await queue.close({ drainMs: 0 });
      assert.deepEqual(await outcomes, ['dropped closed', 'dropped closed']);
    }
    const queue = open(path, ran, new FakeClock());
    await queue.drained();
    assert.deepEqual(ran, ['0 a', '0 b', '-1 a', '-1 b', '10 a', '10 b', '-10 a', '-10 b']);
    await queue.close();
  });

  it('never use a number, an id or an epoch twice, whatever was dropped meanwhile', async () => {
    const path = join(makeFolder(), 'queue.db');
    const ids: string[] = [];
    const epochs: number[] = [];
    for (let life = 0; life < 3; life += 1) {
      const run = (turn: MessageTurn<string>): void => void epochs.push(turn.epoch);
      const queue = createSessionQueue({ run, store: sqlite(path), rememberMs: 1 });
      await queue.enqueue('ada', 'hello', { id: 'same' }).outcome;
      queue.pause();
      const tickets = [queue.enqueue('ada', 'a'), queue.enqueue('bob', 'b', { delayMs: 1e6 })];
      await Promise.all(tickets.map((ticket) => ticket.accepted));
      const outcomes = describeAll(tickets);
      ids.push(...tickets.map(({ id }) => id));
      queue.cancel('ada');
      queue.cancel('bob');
      assert.deepEqual(await outcomes, ['dropped cancelled', 'dropped cancelled']);
      await queue.close();
    }
    assert.equal(new Set(ids).size, 6, ids.join());
    assert.deepEqual(
      epochs.toSorted((one, other) => one - other),
      [...new Set(epochs)],
    );
  });

  it('keep a message of ten megabytes, and write it once', async () => {
    const path = join(makeFolder(), 'queue.db');
    const message = 'é'.repeat(5_000_000);
    const first = createSessionQueue({ run: ({ input }: MessageTurn<string>) => input, store: sqlite(path) });
    first.pause();
    await first.enqueue('ada', message, { id: 'big' }).accepted;
    await first.close({ drainMs: 0 });
    let openGate: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => {
      openGate = resolve;
    });
    const run = async ({ input }: MessageTurn<string>): Promise<number> => {
      await gate;
      return input.length;
    };
    const queue = createSessionQueue({ run, store: sqlite(path) });
    // Its start is stored with this one.
    await queue.enqueue('bob', '').accepted;
    assert.ok(statSync(`${path}-wal`).size < 1_000_000, 'the start of its turn wrote it again');
    openGate?.();
    assert.equal(await queue.ticket('ada', 'big'), 5_000_000);
    await queue.close();
  });

  it('remember ends by the id that was given, by the id that the queue gave, and of no other session', async () => {
    const path = join(makeFolder(), 'queue.db');
    let queue = createSessionQueue({ run: ({ input }: MessageTurn<string>) => input, store: sqlite(path) });
    const given = queue.enqueue('ada', 'one', { id: 'given' });
    const own = queue.enqueue('ada', 'two');
    await Promise.all([given, own]);
    await queue.close();
    queue = createSessionQueue({ run: ({ input }: MessageTurn<string>) => input, store: sqlite(path) });
    const names = [given.id, own.id, '#0', '#01', '#1e0'];
    assert.deepEqual(await describeAll(names.map((id) => queue.ticket('ada', id))), [
      'done one',
      'done two',
      'dropped unknown',
      'dropped unknown',
      'dropped unknown',
    ]);
    assert.deepEqual(await describeAll([queue.ticket('bob', given.id), queue.ticket('bob', own.id)]), [
      'dropped unknown',
      'dropped unknown',
    ]);
    await queue.close();
  });
});

function open(path: string, ran: string[], clock: FakeClock) {
  const run = (turn: MessageTurn<string>): void => void ran.push(turn.input);
  return createQueueWithClock({ run, store: sqlite(path) }, clock);
}
