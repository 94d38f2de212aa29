/**
 * aden-hive/hive#6967: an execution was cancelled by force and didn't end in time; its bookkeeping was removed all the
 * same, and a new execution of the session started beside it. Both wrote to the session's state.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import type { MessageQueue, MessageQueueOptions, MessageTurn } from '#src/index.ts';

import { FakeClock, settle } from '../core/fake-clock.ts';
import { makeGate } from './gate.ts';
import type { Gate } from './gate.ts';

// Catches a queue that takes an abort for an end.
test('nothing of a session starts until the execution that was cancelled has really ended', async () => {
  const { queue, clock, executions, finish } = stage({});
  const stubborn = queue.enqueue('session', 'stubborn').outcome;
  await settle();
  queue.cancel('session');
  void queue.enqueue('session', 'restart');
  await clock.elapse(86_400_000);
  assert.equal((await stubborn).type, 'failed');
  assert.deepEqual(names(executions), ['stubborn']);
  assert.equal(queue.pending('session'), 2);
  finish.resolve('too late');
  await settle();
  assert.deepEqual(names(executions), ['stubborn', 'restart']);
});

// Catches a repeated cancel that counts the grace anew, or gives the lane to two.
test('cancelling by force again and again lets no two executions overlap', async () => {
  const { queue, clock, executions, finish } = stage({});
  void queue.enqueue('session', 'stubborn').outcome;
  await settle();
  for (let count = 0; count < 10; count += 1) {
    void queue.enqueue('session', `restart ${count}`).outcome;
    await clock.elapse(5000);
    queue.cancel('session');
  }
  void queue.enqueue('session', 'last').outcome;
  await settle();
  assert.deepEqual(names(executions), ['stubborn']);
  finish.resolve('too late');
  await settle();
  assert.deepEqual(names(executions), ['stubborn', 'last']);
});

// Who asks for a grace gets a fence with it. Catches a lane that is released without one.
test('an execution that lost its lane after its grace can do nothing to the session any more', async () => {
  const { queue, clock, executions, finish } = stage({ graceMs: 5000 });
  const stubborn = queue.enqueue('session', 'stubborn').outcome;
  await settle();
  queue.cancel('session');
  void queue.enqueue('session', 'restart', { id: 'restart' });
  void queue.enqueue('session', 'waiting', { id: 'waiting' });
  await clock.elapse(4999);
  assert.deepEqual(names(executions), ['stubborn']);
  await clock.elapse(1);
  assert.deepEqual(names(executions), ['stubborn', 'restart']);

  const [zombie, restart] = executions;
  assert.ok(zombie !== undefined && restart !== undefined && zombie.epoch < restart.epoch);
  assert.deepEqual(zombie.take(), []);
  finish.resolve('too late');
  await settle();
  assert.deepEqual(await stubborn.then(({ type }) => type), 'failed');
  assert.equal(queue.inspect('session')?.turn?.id, 'restart');
  assert.equal(queue.inspect('session')?.waiting, 1);
});

// The fence of a store that the executions write to, as docs/guarantees.md describes it.
test('a store that keeps the greatest epoch refuses what the zombie writes', async () => {
  const { queue, clock, executions } = stage({ graceMs: 5000 });
  const state = { epoch: 0, text: '' };
  const write = (epoch: number, text: string): boolean => {
    if (epoch < state.epoch) return false;
    Object.assign(state, { epoch, text });
    return true;
  };
  void queue.enqueue('session', 'stubborn').outcome;
  await settle();
  queue.cancel('session');
  void queue.enqueue('session', 'restart');
  await clock.elapse(5000);
  const [zombie, restart] = executions;
  assert.ok(zombie !== undefined && restart !== undefined);
  assert.equal(write(restart.epoch, 'restart'), true);
  assert.equal(write(zombie.epoch, 'zombie'), false);
  assert.equal(state.text, 'restart');
});

interface Staged {
  readonly queue: MessageQueue<string, string>;
  readonly clock: FakeClock;
  readonly executions: readonly MessageTurn<string>[];
  /** Ends the stubborn one. All others run on. */
  readonly finish: Gate<string>;
}

/** Executions that don't look at their signals. */
function stage(options: Pick<MessageQueueOptions<string, string>, 'graceMs'>): Staged {
  const clock = new FakeClock();
  const finish = makeGate<string>();
  const executions: MessageTurn<string>[] = [];
  const run = (turn: MessageTurn<string>): Promise<string> => {
    executions.push(turn);
    return turn.input === 'stubborn' ? finish.promise : new Promise(() => undefined);
  };
  return { queue: createQueueWithClock({ ...options, run }, clock), clock, executions, finish };
}

function names(executions: readonly MessageTurn<string>[]): readonly string[] {
  return executions.map(({ input }) => input);
}
