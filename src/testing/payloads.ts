/** What is stored comes back as it was, or is refused. */
import type { MessageSchema } from '../core/store.ts';
import type { Case } from './case.ts';
import { endOf, holds, rejection, same, says } from './expect.ts';

export const payloadCases: readonly Case[] = [
  {
    says: 'gives messages back in a later life as they were',
    needs: ['restart'],
    async run(stage) {
      let queue = stage.open();
      await queue.pause();
      const messages: readonly unknown[] = [...faithful, { all: faithful }];
      for (const message of messages) await queue.enqueue('ada', message).accepted;
      const seen: unknown[] = [];
      queue = await stage.reopen({ run: ({ input }) => void seen.push(input) });
      await queue.drained();
      same(seen, messages);
      holds(JSON.stringify(seen.at(-2)).includes('__proto__'), '__proto__ is a property like others');
    },
  },
  {
    says: 'gives results back in a later life as they were',
    needs: ['restart'],
    async run(stage) {
      let queue = stage.open({ run: ({ input }) => faithful[Number(input)] });
      for (const index of faithful.keys()) await queue.enqueue('ada', index, { id: `result ${index}` });
      queue = await stage.reopen();
      const results = await Promise.all(faithful.map((_, index) => queue.ticket('ada', `result ${index}`)));
      same(results, faithful);
    },
  },
  {
    says: 'refuses a message that JSON would change, and says where',
    async run(stage) {
      const queue = stage.open();
      for (const [message, ...parts] of unfaithful) {
        const ticket = queue.enqueue('ada', message);
        const error = await rejection(ticket);
        holds(error instanceof TypeError, `${error.message} is told by a TypeError`);
        says(error.message, 'enqueue', 'session "ada"', ...parts);
        same(await endOf(ticket).then((end) => end.split(' ')[0]), 'failed');
      }
      same([await queue.pending(), stage.started], [0, []], 'what was enqueued');
    },
  },
  {
    says: 'fails a turn whose result JSON would change',
    async run(stage) {
      const queue = stage.open({ run: ({ input }) => (input === 'fits' ? input : { when: new Date(0) }) });
      const error = await rejection(queue.enqueue('ada', 'a'));
      says(error.message, 'the result.when', 'Date');
      same(await queue.enqueue('ada', 'fits'), 'fits', 'what comes behind it');
    },
  },
  {
    says: 'writes messages and results by the codec, and reads them by it',
    needs: ['restart'],
    async run(stage) {
      const codec = {
        encode: (value: unknown) => `list:${partsOf(value).join(',')}`,
        decode: (text: string) => new Set(text.slice(5).split(',')),
      };
      let queue = stage.open({ codec, run: ({ input }) => new Set([...partsOf(input), 'c']) });
      await queue.enqueue('ada', new Set(['a', 'b']), { id: 'one' });
      queue = await stage.reopen({ codec });
      same(partsOf(await queue.ticket('ada', 'one')), ['a', 'b', 'c']);
    },
  },
  {
    says: 'refuses a message whose codec throws or makes no text, and fails a turn whose result it throws at',
    async run(stage) {
      const encode = (value: unknown): string => {
        if (value === 'throws') throw new Error('no such word');
        return value === 'no text' ? '' : String(value);
      };
      const queue = stage.open({ codec: { encode, decode: (text) => text }, run: () => 'throws' });
      says((await rejection(queue.enqueue('ada', 'throws'))).message, 'session "ada"', 'no such word');
      says((await rejection(queue.enqueue('ada', 'no text'))).message, 'codec', '""');
      says((await rejection(queue.enqueue('ada', '\ud800'))).message, 'codec', 'surrogate');
      says((await rejection(queue.enqueue('ada', 'a'))).message, 'no such word');
    },
  },
  {
    says: 'refuses a message that its schema refuses, or whose schema answers later',
    async run(stage) {
      const queue = stage.open({ schema: textSchema });
      same(await queue.enqueue('ada', 'a'), 'did a');
      says((await rejection(queue.enqueue('ada', 5))).message, 'schema', 'message.text', 'expected text');
      says((await rejection(queue.enqueue('ada', 'later'))).message, 'schema', 'at once');
      same(stage.started, ['a']);
    },
  },
  {
    says: 'refuses a message that is longer than maxBytes, and fails a turn whose result is',
    async run(stage) {
      const queue = stage.open({ maxBytes: 6, run: ({ input }) => `${String(input)}${String(input)}` });
      // In quotes, and three bytes each.
      const error = await rejection(queue.enqueue('ada', '€€'));
      holds(error instanceof RangeError, 'it is a RangeError');
      says(error.message, 'maxBytes', '6', '8');
      same(await queue.enqueue('ada', 'ab'), 'abab');
      says((await rejection(queue.enqueue('ada', 'abc'))).message, 'the result', 'maxBytes');
    },
  },
];

const faithful: readonly unknown[] = [
  null,
  true,
  0,
  -1.5e300,
  '',
  'a\u0000b \u2028 \ud800 end',
  '𝒳'.repeat(1000),
  [],
  [[null, []]],
  {},
  { a: { b: [{ c: 'd' }] }, '': 1, 'a b': 2 },
  Object.fromEntries([
    ['length', 3],
    ['constructor', 4],
  ]),
  JSON.parse('{"__proto__": {"admin": true}}') as unknown,
];

function partsOf(value: unknown): readonly string[] {
  if (!(value instanceof Set)) throw new TypeError('it is no Set');
  return Array.from<unknown, string>(value, String);
}

class Money {
  readonly cents = 5;
}

class List extends Array<number> {}

function circle(): unknown {
  const one: { list: unknown[] } = { list: [] };
  one.list.push({ one });
  return one;
}

function nest(levels: number): unknown {
  let value: unknown = 'bottom';
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

// Each with words that the message has to say.
const unfaithful: readonly (readonly [message: unknown, ...parts: string[]])[] = [
  [undefined, 'the message is undefined'],
  [{ list: [1, undefined] }, 'the message.list[1] is undefined'],
  // oxlint-disable-next-line no-sparse-arrays -- a hole is what is tested
  [[1, , 2], 'the message[1] is undefined'],
  [{ a: Number.NaN }, 'the message.a is NaN'],
  [Infinity, 'the message is Infinity'],
  [{ when: new Date(0) }, 'the message.when', 'Date'],
  [{ a: { b: new Map() } }, 'the message.a.b', 'Map'],
  [new Set([1]), 'the message', 'Set'],
  [{ price: new Money() }, 'the message.price', 'Money'],
  [{ list: new List() }, 'the message.list', 'List'],
  [new Error('broken'), 'the message', 'Error'],
  [new Uint8Array(2), 'the message', 'Uint8Array'],
  [circle(), 'the message.list[0].one contains itself'],
  [{ n: 10n }, 'the message.n', '10'],
  [{ act: () => 1 }, 'the message.act', 'function'],
  [[Symbol('sign')], 'the message[0]', 'symbol'],
  [{ a: { toJSON: () => 1 } }, 'the message.a', 'toJSON'],
  [{ __proto__: null, toJSON: () => 1 }, 'the message', 'toJSON'],
  [{ [Symbol('sign')]: 1 }, 'the message', 'symbol'],
  [Object.assign([1], { name: 'x' }), 'the message', 'name'],
  [nest(5000), 'the message[0]', 'deeper'],
];

const textSchema: MessageSchema = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => {
      if (value === 'later') return Promise.resolve({ value });
      if (typeof value === 'string') return { value };
      return { issues: [{ message: 'expected text', path: [{ key: 'text' }] }] };
    },
  },
};
