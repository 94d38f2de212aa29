/** What becomes text and comes back, and what is refused, as tables. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { MessageSchema } from '#src/core/store.ts';
import { Payloads } from '#src/stores/payload.ts';

const plain = new Payloads(undefined, undefined);

const kept: readonly unknown[] = [
  null,
  false,
  0,
  Number.MIN_VALUE,
  Number.MAX_SAFE_INTEGER,
  '',
  '\ud800',
  '\u2028 \u0000 \u{1f600}',
  [],
  [[], [[null]]],
  {},
  { '': '', 'a.b': [1], length: 1, constructor: 2, toString: 3, toJSON: 'a word' },
  JSON.parse('{"__proto__": 1}'),
  Object.freeze({ frozen: Object.freeze([1]) }),
];

for (const value of kept) {
  test(`keeps ${JSON.stringify(value)}`, () => {
    assert.deepEqual(plain.decodeMessage(plain.encodeMessage('ada', value)), value);
    assert.deepEqual(plain.decodeResult(plain.encodeResult(value)), value);
  });
}

test('keeps an object without a prototype, or one in two places, as what it reads like', () => {
  const shared = { a: 1 };
  assert.deepEqual(plain.decodeMessage(plain.encodeMessage('ada', [shared, shared])), [shared, shared]);
  const bare: unknown = Object.assign(Object.create(null), { a: 1 });
  assert.deepEqual(plain.decodeMessage(plain.encodeMessage('ada', bare)), { a: 1 });
});

test('leaves out what is undefined in an object, and keeps a result that is undefined', () => {
  assert.deepEqual(plain.decodeMessage(plain.encodeMessage('ada', { a: undefined, b: 1 })), { b: 1 });
  assert.equal(plain.decodeResult(plain.encodeResult(undefined)), undefined);
});

class Point {
  readonly x = 1;
}

class Bare {
  toJSON(): string {
    return 'bare';
  }
}

const refused: readonly (readonly [says: string, value: unknown])[] = [
  ['the message is undefined', undefined],
  ['the message is NaN', Number.NaN],
  ['the message is -Infinity', -Infinity],
  ['the message is 1', 1n],
  ['the message is a symbol', Symbol('sign')],
  ['the message is a function', (): void => undefined],
  ['the message is a Date', new Date(0)],
  ['the message is a Map', new Map()],
  ['the message is a Point', new Point()],
  ['the message is a Bare', new Bare()],
  ['the message is a RegExp', /a/],
  ['the message is a Promise', Promise.resolve()],
  ['the message is a String', Object('boxed')],
  ['the message is an object with a toJSON', { toJSON: (): number => 1 }],
  ['the message is an object with a toJSON', Object.assign(Object.create(null), { toJSON: (): number => 1 })],
  ['the message is a List', new (class List extends Array<number> {})()],
  ['the message has more than its elements: index', /a/.exec('a')],
  ['the message has a symbol for a name', { [Symbol('sign')]: 1 }],
  ['the message.a[1].b is NaN', { a: [0, { b: Number.NaN }] }],
  ['the message.a is a Uint8Array', { a: new Uint8Array(1) }],
];

for (const [says, value] of refused) {
  test(`refuses a message because ${says}`, () => {
    assert.throws(
      () => plain.encodeMessage('ada', value),
      (error) =>
        error instanceof TypeError &&
        error.message.startsWith(`enqueue: session "ada": ${says}`) &&
        error.message.includes('codec'),
    );
  });
}

test('refuses a ring wherever it closes, and what is nested too deep to be read again', () => {
  const ring: Record<string, unknown> = { a: {} };
  ring['a'] = { ring };
  assert.throws(() => plain.encodeMessage('ada', ring), /the message\.a\.ring contains itself/);
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level += 1) deep = { deep };
  assert.throws(() => plain.encodeMessage('ada', deep), /deeper than 1000 levels/);
});

test('measures bytes and not characters, and lets through what is just as long as maxBytes', () => {
  const small = new Payloads(undefined, undefined, 5);
  assert.equal(small.encodeMessage('ada', '€'), '"€"');
  assert.throws(() => small.encodeMessage('ada', '€a'), {
    name: 'RangeError',
    message: /has 6 bytes.*maxBytes, which is 5/,
  });
  assert.equal(small.encodeMessage('ada', 'abc'), '"abc"');
  assert.throws(() => small.encodeResult('abcd'), /the result has 6 bytes/);
});

test('refuses what a codec makes that no store can keep, and names the codec when it fails', () => {
  const made = new Map<unknown, unknown>([
    ['nothing', undefined],
    ['empty', ''],
    ['bytes', new Uint8Array(1)],
    ['half a pair', 'a\ud800b'],
  ]);
  const encode = (value: unknown): string => made.get(value) as string;
  const payloads = new Payloads({ encode, decode: (text) => text }, undefined);
  for (const name of made.keys()) {
    assert.throws(
      () => payloads.encodeMessage('ada', name),
      /^TypeError: enqueue: session "ada": the codec made /,
      String(name),
    );
  }
  made.set('a pair', '\ud83d\ude00');
  assert.equal(payloads.encodeMessage('ada', 'a pair'), '\ud83d\ude00');
});

test('wraps what a codec throws, and leaves the error as it is', () => {
  const thrown = new Error('no');
  const encode = (): string => {
    throw thrown;
  };
  const payloads = new Payloads({ encode, decode: (text) => text }, undefined);
  assert.throws(() => payloads.encodeResult(1), { message: 'the codec failed at the result: no', cause: thrown });
  assert.equal(thrown.message, 'no');
});

test('wraps what a schema throws, and names the session', () => {
  const thrown = new Error('no');
  const validate = (): never => {
    throw thrown;
  };
  const payloads = new Payloads(undefined, { '~standard': { version: 1, vendor: 'test', validate } });
  const message = 'enqueue: session "ada": the schema failed at the message: no';
  assert.throws(() => payloads.encodeMessage('ada', 1), { message, cause: thrown });
  assert.equal(thrown.message, 'no');
});

const answers: readonly (readonly [shown: string, answer: () => unknown, says: RegExp | undefined])[] = [
  ['a value', () => ({ value: 1 }), undefined],
  ['a value and no issues', () => ({ issues: undefined, value: 1 }), undefined],
  ['an issue', () => ({ issues: [{ message: 'expected text' }] }), /does not fit the schema: message: expected text/],
  ['an issue of a part', () => ({ issues: [{ message: 'too long', path: ['a', 0] }] }), /message\.a\.0: too long/],
  [
    'a path of keys',
    () => ({ issues: [{ message: 'long', path: [{ key: 'a' }, { key: 1 }] }] }),
    /message\.a\.1: long/,
  ],
  ['issues without one', () => ({ issues: [] }), /message: it was refused/],
  ['later', () => Promise.reject(new Error('of its own')), /validates later/],
];

for (const [shown, validate, says] of answers) {
  test(`${says === undefined ? 'takes' : 'refuses'} a message when its schema answers ${shown}`, () => {
    const schema: MessageSchema = { '~standard': { version: 1, vendor: 'test', validate } };
    const payloads = new Payloads(undefined, schema);
    if (says === undefined) assert.equal(payloads.encodeMessage('ada', 'a'), '"a"');
    else assert.throws(() => payloads.encodeMessage('ada', 'a'), says);
    assert.equal(payloads.encodeResult('a'), '"a"', 'results are not validated');
  });
}
