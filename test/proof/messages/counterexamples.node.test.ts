/** Programs that once broke a rule, each under the name of what it showed. They must never break one again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showEvent } from '../history.ts';
import { InOrder } from '../in-order.ts';
import { checkMessages } from './check.ts';
import type { MessageHistory } from './history.ts';
import type { HandlerPlan, MessagePlan, MessageProgram, MessageStep } from './programs.ts';
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

async function keepsRules(program: Partial<MessageProgram>): Promise<MessageHistory> {
  const whole = { settings: {}, policy: [], steps: [], ...program };
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
