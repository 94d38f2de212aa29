/**
 * What single operations of the queue cost, each measured by tinybench in one process: `npm run bench:micro`. The benchmark of
 * the peers doesn't use tinybench, because that runs its tasks one after the other in one process, and there the peers have to
 * take turns round by round, each in a process of its own.
 */
import { Bench } from 'tinybench';

import { createSessionQueue } from '../src/index.ts';

const bench = new Bench({ name: 'single operations', time: 300, warmupTime: 200 });
const { signal } = new AbortController();
const task = async (): Promise<void> => {};

const plain = createSessionQueue();
const limited = createSessionQueue({ concurrency: 8 });
const timed = createSessionQueue({ timeoutMs: 60_000 });
const watched = createSessionQueue();
watched.subscribe(() => {});

bench
  .add('await task()', () => task())
  .add('enqueue, idle session', () => plain.enqueue('session', task))
  .add('enqueue, 10 tasks of one session', () =>
    Promise.all(Array.from({ length: 10 }, () => plain.enqueue('session', task))),
  )
  .add('enqueue with a signal', () => plain.enqueue('session', task, { signal }))
  .add('enqueue with a timeoutMs', () => plain.enqueue('session', task, { timeoutMs: 60_000 }))
  .add('enqueue with a ttlMs', () => plain.enqueue('session', task, { ttlMs: 60_000 }))
  .add('enqueue with a priority', () => plain.enqueue('session', task, { priority: 1 }))
  .add('enqueue, a task that reads turn.signal', () => plain.enqueue('session', async (turn) => turn.signal.aborted))
  .add('enqueue, queue with concurrency 8', () => limited.enqueue('session', task))
  .add('enqueue, queue with timeoutMs', () => timed.enqueue('session', task))
  .add('enqueue, queue with a listener', () => watched.enqueue('session', task));

// Operations that read a queue need one that is busy.
const busy = createSessionQueue();
for (let index = 0; index < 1_000; index += 1) void busy.enqueue(`session-${index}`, () => new Promise(() => {}));
bench
  .add('pending(), 1,000 busy sessions', () => busy.pending())
  .add('pending(key), 1,000 busy sessions', () => busy.pending('session-500'))
  .add('inspect(key), 1,000 busy sessions', () => busy.inspect('session-500'))
  .add('inspect(), 1,000 busy sessions', () => busy.inspect());

await bench.run();
process.stdout.write(`${bench.tasks.map(({ name, result }) => `${describe(result)}  ${name}`).join('\n')}\n`);

function describe(result: (typeof bench.tasks)[number]['result']): string {
  if (result.state !== 'completed') return result.state.padStart(12);
  return `${(result.latency.p50 * 1e6).toFixed(0).padStart(9)} ns`;
}
