/** Where a line has its session key. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findKey, parseKeyPath } from '#src/cli/run/key-path.ts';

describe('a key path', () => {
  const value = {
    session: 'ada',
    'odd key': 'odd',
    '': 'empty name',
    "it's": 'quoted',
    chat: { id: 42, names: ['first', { x: 'deep' }] },
    'chat-id': 'hyphen',
    größe: 'unicode',
    ['__proto__']: 'own',
  };
  const found: readonly (readonly [path: string, key: string])[] = [
    ['.session', 'ada'],
    ['.["session"]', 'ada'],
    ['.chat.id', '42'],
    ['.chat["id"]', '42'],
    ['.chat.["id"]', '42'],
    ['.chat.names[0]', 'first'],
    ['.chat.names[1].x', 'deep'],
    ['.["odd key"]', 'odd'],
    ['.[""]', 'empty name'],
    [`.["it's"]`, 'quoted'],
    ['.["\\u0063hat"].id', '42'],
    ['.chat-id', 'hyphen'],
    ['.größe', 'unicode'],
  ];
  for (const [path, key] of found) {
    test(`finds ${path}`, () => assert.deepEqual(findKey(value, parseKeyPath(path)), { key }));
  }

  test('finds a field that is called __proto__ in the line, and nothing inherited', () => {
    const line: unknown = JSON.parse('{"__proto__":"own","a":[1]}');
    assert.deepEqual(findKey(line, parseKeyPath('.__proto__')), { key: 'own' });
    for (const path of ['.constructor.name', '.toString', '.a.length', '.a.length.x']) {
      assert.deepEqual(findKey(line, parseKeyPath(path)), { problem: `no key: ${path} is missing` });
    }
  });

  test('takes the whole value for a dot', () => {
    assert.deepEqual(findKey('ada', parseKeyPath('.')), { key: 'ada' });
    assert.deepEqual(findKey(['ada'], parseKeyPath('.[0]')), { key: 'ada' });
  });

  const bad = [
    '',
    'session',
    '..',
    '.a..b',
    '.a.',
    '[0]',
    '.a[',
    '.a[-1]',
    '.a[1.5]',
    '.["a]',
    '.["\\x"]',
    '.a b',
    '.5',
    ' .a',
  ];
  for (const path of bad) {
    test(`refuses ${JSON.stringify(path)} and says what was expected`, () => {
      assert.throws(() => parseKeyPath(path), { name: 'SyntaxError', message: /^Expected a path such as \.session, / });
    });
  }

  test('names the character at which a bad path stops making sense', () => {
    assert.throws(() => parseKeyPath('.chat..id'), /at character 6\.$/);
  });
});

describe('a session key', () => {
  const key = parseKeyPath('.k');
  const keys: readonly (readonly [json: string, key: string])[] = [
    ['{"k":""}', ''],
    ['{"k":"__proto__"}', '__proto__'],
    ['{"k":0}', '0'],
    ['{"k":-7}', '-7'],
    ['{"k":1.5}', '1.5'],
    ['{"k":9007199254740991}', '9007199254740991'],
  ];
  for (const [json, expected] of keys) {
    test(`is ${JSON.stringify(expected)} for ${json}`, () => {
      assert.deepEqual(findKey(JSON.parse(json), key), { key: expected });
    });
  }

  const problems: readonly (readonly [json: string, problem: string])[] = [
    ['{}', '.k is missing'],
    ['[]', '.k is missing'],
    ['"k"', '.k is missing'],
    ['null', '.k is missing'],
    ['{"k":null}', '.k is null'],
    ['{"k":{}}', '.k is an object'],
    ['{"k":[1]}', '.k is an array'],
    ['{"k":true}', '.k is a boolean'],
    // Both of these are the same number in JavaScript: two users would share a session.
    ['{"k":12345678901234567890}', '.k is a number too large to be exact; it has to be a string'],
    ['{"k":12345678901234567891}', '.k is a number too large to be exact; it has to be a string'],
    ['{"k":1e400}', '.k is a number too large to be exact; it has to be a string'],
  ];
  for (const [json, problem] of problems) {
    test(`is not there in ${json}`, () => {
      assert.deepEqual(findKey(JSON.parse(json), key), { problem: `no key: ${problem}` });
    });
  }
});
