/** Programs that once broke a rule, each under the name of what it showed. They must never break one again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showEvent } from '../history.ts';
import { InOrder } from '../in-order.ts';
import { checkMessages } from './check.ts';
import type { MessageHistory } from './history.ts';
import type { HandlerPlan, MessagePlan } from './message-plans.ts';
import type { MessageProgram, MessageStep } from './programs.ts';
import type { PolicyPlan } from './policy-plans.ts';
import { makeRealQueue } from './prove.ts';
import { runMessageProgram } from './run-program.ts';

test('asks the policy about those that wait when a turn has started, which it may want otherwise then', async () => {
  const { events } = await keepsRules({
    policy: [{ is: 'collect', by: 'sender' }, { is: 'reject' }],
    steps: [enqueue({ sender: 'ada', handler: waiting }), enqueue({ sender: 'bob' }), { do: 'settle' }],
  });
  assert.ok(events.some((event) => event.type === 'drop-told' && event.entry === 2 && event.code === 'rejected'));
});

test('goes on with those that wait when its policy has dropped everything that was to start', async () => {
  const { events } = await keepsRules({
    settings: { concurrency: 1 },
    policy: [
      { is: 'collect', by: 'sender' },
      { is: 'ttl', ms: 10 },
    ],
    steps: [
      enqueue({ key: 'b', handler: waiting }),
      enqueue({ sender: 'ada' }),
      { do: 'wait', ms: 5, how: 'jump' },
      enqueue({ sender: 'bob' }),
      { do: 'wait', ms: 6, how: 'jump' },
      { do: 'let one go on' },
      { do: 'settle' },
    ],
  });
  assert.ok(events.some((event) => event.type === 'started' && event.carrier === 3));
});

test('a close lets run what its policy starts in the moment in which it drops another', async () => {
  const { events } = await keepsRules({
    policy: [{ is: 'debounce', ms: 10, maxMs: 20 }, { is: 'latest' }],
    steps: [enqueue(), enqueue(), { do: 'close', drainMs: 40 }],
  });
  assert.ok(events.some((event) => event.type === 'started' && event.carrier === 2));
});

test('hands back by cancel alone what it takes from a queue that closes, though nothing is left to drain then', async () => {
  const { events } = await keepsRules({
    policy: [{ is: 'debounce', ms: 10, maxMs: 20 }],
    steps: [
      enqueue(),
      enqueue(),
      { do: 'close', drainMs: 40 },
      { do: 'pause', key: 'a' },
      { do: 'cancel', key: 'a' },
      { do: 'settle' },
    ],
  });
  assert.ok(events.some((event) => event.type === 'cancel-returned' && event.entries.length === 2));
});

test('a session keeps its turn when the entry that got it is cancelled in the moment before it starts', async () => {
  for (const policy of [[], [{ is: 'fifo' } as const]]) await keepsItsTurn(policy);
});

test('a session keeps its turn when whom its policy chose is cancelled in the moment in which a slot is free', async () => {
  await keepsItsTurn([{ is: 'collect', by: 'sender' }]);
});

// The moment is one of a few microtasks after the turn that had the only slot was let go.
async function keepsItsTurn(policy: PolicyPlan): Promise<void> {
  for (let microtasks = 0; microtasks < 6; microtasks += 1) {
    await keepsRules({
      settings: { concurrency: 1 },
      policy,
      steps: [
        enqueue({ handler: waiting }),
        { do: 'settle' },
        enqueue({ key: 'b', sender: 'ada' }),
        enqueue({ key: 'b', sender: 'bob' }),
        { do: 'settle' },
        enqueue({ key: 'c', handler: waiting }),
        { do: 'settle' },
        { do: 'let one go on' },
        ...Array.from({ length: microtasks }, (): MessageStep => ({ do: 'microtask' })),
        { do: 'cancel ticket', nth: 1 },
        { do: 'settle' },
      ],
    });
  }
}

async function keepsRules(program: Partial<MessageProgram>): Promise<MessageHistory> {
  const whole = { settings: {}, policy: [], steps: [], onDrop: [], ...program };
  const history = await runMessageProgram(makeRealQueue, whole, new InOrder());
  const broken = checkMessages(history).map(({ rule, at, message }) => `broken: ${rule}, at event ${at}: ${message}`);
  if (broken.length > 0) assert.fail([...broken, ...history.events.map(showEvent)].join('\n'));
  return history;
}

const atOnce: HandlerPlan = { acts: [], abort: 'ignores', ends: 'value' };
const waiting: HandlerPlan = { ...atOnce, acts: ['wait'] };

function enqueue(plan: Partial<MessagePlan> = {}): MessageStep {
  const none = { id: undefined, priority: undefined, timeoutMs: undefined, ttlMs: undefined };
  return { do: 'enqueue', message: { key: 'a', sender: 'ada', ...none, signal: 'none', handler: atOnce, ...plan } };
}
