/** Any string is a key, and an id. */
import type { Case } from './case.ts';
import { same, says, tellWrong } from './expect.ts';

const strange: readonly string[] = [
  '',
  ' ',
  'a',
  'A',
  'a ',
  '\ud800',
  '\ud801',
  'x\udc00',
  '\ufffd',
  'é',
  'e\u0301',
  'a\u0000b',
  'a\u0000c',
  '\u0000',
  '__proto__',
  'constructor',
  'toString',
  "'; DROP TABLE entries; --",
  '"quoted"',
  '{"json":1}',
  '%s $1 ? :key',
  '../../etc/passwd',
  'a:b',
  'a',
  'line\nbreak',
  '\u202eright to left',
  '1'.repeat(10_000),
  '2'.repeat(10_000),
].filter((key, index, all) => all.indexOf(key) === index);

export const keyCases: readonly Case[] = [
  {
    says: 'takes any string for a key, and keeps sessions apart whatever they are called',
    async run(stage) {
      const seen = new Map<string, unknown>();
      const queue = stage.open({ run: (turn) => void seen.set(turn.key, turn.input) });
      await queue.pause();
      const tickets = strange.map((key, index) => queue.enqueue(key, index));
      for (const key of strange) same(await queue.pending(key), 1, `pending of ${JSON.stringify(key.slice(0, 20))}`);
      await queue.resume();
      await Promise.all(tickets);
      same(seen.size, strange.length, 'how many sessions have run');
      same(
        strange.map((key) => seen.get(key)),
        [...strange.keys()],
      );
    },
  },
  {
    says: 'keeps strange keys and ids apart in a later life, while they wait and when they have ended',
    needs: ['restart'],
    async run(stage) {
      let queue = stage.open();
      const ids = strange.map((key) => `id ${key}`);
      await Promise.all(ids.map((id, index) => queue.enqueue('ended', index, { id })));
      await queue.pause();
      await Promise.all(strange.map((key, index) => queue.enqueue(key, index, { id: `id ${key}` }).accepted));
      queue = await stage.reopen({ run: ({ key, id, input }) => ({ key, id, input }) });
      const results = await Promise.all(strange.map((key) => queue.ticket(key, `id ${key}`)));
      same(
        results,
        strange.map((key, input) => ({ key, id: `id ${key}`, input })),
      );
      const ended = await Promise.all(ids.map((id) => queue.ticket('ended', id)));
      same(
        ended,
        ids.map((_, index) => `did ${index}`),
      );
    },
  },
  {
    says: 'finds the dead letters of a session with a strange key',
    needs: ['deadLetters'],
    async run(stage) {
      const queue = stage.open({ run: () => Promise.reject(new Error('no')) });
      await Promise.allSettled(strange.map((key, index) => queue.enqueue(key, index)));
      for (const [index, key] of strange.entries()) {
        const letters = await queue.deadLetters.list(key);
        same(
          letters.map((letter) => [letter.key, letter.message]),
          [[key, index]],
        );
      }
    },
  },
  {
    says: 'refuses a key or an id that is no string, and options that make no sense',
    async run(stage) {
      const queue = stage.open();
      says((await tellWrong(queue, 5, 'a')).message, 'enqueue', 'session key', '5', 'string');
      says((await tellWrong(queue, 'ada', 'a', { id: 5 })).message, 'enqueue', 'id', '5', 'string');
      says((await tellWrong(queue, 'ada', 'a', { delay: 5 })).message, 'enqueue', '"delay"', 'delayMs');
      says((await tellWrong(queue, 'ada', 'a', 'fast')).message, 'enqueue', '"fast"', 'object');
      same([await queue.pending(), stage.started], [0, []]);
    },
  },
];
