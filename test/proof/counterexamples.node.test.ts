/** Programs that once broke a rule, each under the name of what it showed. They must never break one again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import { check } from './check.ts';
import { showEvent } from './history.ts';
import { InOrder } from './in-order.ts';
import type { EntryPlan, Program, Step, TaskPlan } from './programs.ts';
import { runProgram } from './run-program.ts';

test('hands back an entry that was about to start when it is closed', () =>
  keepsRules({ steps: [enqueue('a'), { do: 'close', drainMs: 0 }] }));

test('starts nothing after a pause, not even what was about to start', () =>
  keepsRules({ steps: [enqueue('a'), { do: 'pause', key: 'a' }, { do: 'settle' }] }));

test('starts nothing after a pause of everything, not even what was about to start', () =>
  keepsRules({ steps: [enqueue('a'), { do: 'pause', key: undefined }, { do: 'settle' }] }));

test('lets a session keep its turn when the entry that was about to start leaves', () =>
  keepsRules({
    options: { concurrency: 1 },
    steps: [enqueue('a', { signal: 'own' }), enqueue('a'), enqueue('b'), { do: 'abort', nth: 1 }, { do: 'settle' }],
  }));

test('has all its slots again after a turn gave up awaiting another session', () =>
  keepsRules({
    options: { concurrency: 1 },
    steps: [
      enqueue('a', { timeoutMs: 5, task: awaiting('b', 'obeys') }),
      { do: 'settle' },
      { do: 'wait', ms: 10, how: 'walk' },
      { do: 'let one go on' },
      { do: 'settle' },
      enqueue('b'),
      { do: 'settle' },
    ],
  }));

test('has all its slots again after a turn lost its lane while it awaited another session', () =>
  keepsRules({
    options: { concurrency: 1, graceMs: 20 },
    steps: [
      enqueue('a', { timeoutMs: 5, task: awaiting('b', 'ignores') }),
      { do: 'settle' },
      { do: 'wait', ms: 30, how: 'walk' },
      { do: 'let one go on' },
      { do: 'settle' },
      enqueue('b'),
      { do: 'settle' },
    ],
  }));

async function keepsRules(program: Partial<Program>): Promise<void> {
  const whole = { options: {}, hasListener: true, steps: [], ...program };
  const history = await runProgram(createQueueWithClock, whole, new InOrder());
  const broken = check(history).map(({ rule, at }) => `broken: ${rule}, at event ${at}`);
  if (broken.length > 0) assert.fail([...broken, ...history.events.map(showEvent)].join('\n'));
}

const plainTask: TaskPlan = { takes: 'time', abort: 'ignores', ends: 'value', inner: undefined };

function entry(key: string, plan: Partial<EntryPlan> = {}): EntryPlan {
  const none = { priority: undefined, timeoutMs: undefined, ttlMs: undefined };
  return { key, task: plainTask, ...none, signal: 'none', ...plan };
}

function enqueue(key: string, plan?: Partial<EntryPlan>): Step {
  return { do: 'enqueue', entry: entry(key, plan) };
}

function awaiting(key: string, abort: TaskPlan['abort']): TaskPlan {
  return { ...plainTask, abort, inner: { entry: entry(key), awaits: 'at once' } };
}
