/** What is in the stores that tests of the command look into: the same in a file and in a Redis, so that both are shown alike. */
import type { DurableQueue } from '#src/core/store.ts';

/** A key that a terminal must not get as it is. */
export const evil = 'ada \u001b[31m\u202e';

/** Fails what says so, and holds what says so until `released` resolves. */
export function runMessage(message: string, released: Promise<void>): Promise<void> | undefined {
  if (message.startsWith('fail')) throw Object.assign(new RangeError('no \u001b[2J'), { code: 'E_NO' });
  return message === 'hold' ? released : undefined;
}

/** Leaves two dead letters, one delayed entry, and two that wait, the first of which is held. Gives what becomes of those. */
export async function fill(
  queue: Pick<DurableQueue<string, unknown>, 'enqueue'>,
): Promise<{ readonly left: Promise<unknown> }> {
  await Promise.allSettled([
    queue.enqueue('carol', 'fine'),
    queue.enqueue(evil, 'fail \u202ehere', { id: 'odd id' }),
    queue.enqueue(evil, 'fail too', { id: 'x' }),
  ]);
  const tickets = [
    queue.enqueue('later', 'delayed', { delayMs: 9_999_999, id: 'far' }),
    queue.enqueue('bob', 'hold', { id: 'one' }),
    queue.enqueue('bob', 'second', { id: 'two' }),
  ];
  const left = Promise.allSettled(tickets);
  await Promise.all(tickets.map(({ accepted }) => accepted));
  return { left };
}

/** What `ls` says of it, as `withoutTimes` shows it. */
export const listed: readonly string[] = [
  'WAITING OLDEST DELAYED NEXT IN DEAD SESSION',
  '2 T 0 0 "bob"',
  '0 1 2 h 46 min 0 "later"',
  '0 0 2 "ada \\u001b[31m\\u202e"',
  '',
  '3 sessions, 2 waiting, 1 delayed, 2 dead letters',
  '',
];

/** The lines of an output, without what differs from run to run: ages, and the room that they take. */
export function withoutTimes(output: string): string[] {
  return output.split('\n').map((line) =>
    line
      .replaceAll(/\d+(\.\d)? m?s\b/g, 'T')
      .replaceAll(/ +/g, ' ')
      .trim(),
  );
}
