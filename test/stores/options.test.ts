/** Every option that makes no sense is refused at the earliest moment, by its name, its value and what was expected. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSessionQueue } from '#src/index.ts';
import { memory } from '#src/stores/memory.ts';
import { readStoredOptions, readDurableMessageOptions, storedOptions } from '#src/stores/options.ts';

const make = createSessionQueue as (options: unknown) => ReturnType<typeof makeGood>;

function makeGood() {
  return createSessionQueue({ store: memory(), run: () => undefined });
}

const ofQueues: readonly (readonly [options: object, ...says: string[]])[] = [
  [{ run: undefined }, 'run', 'function'],
  [{ run: 'echo' }, 'run', '"echo"', 'function'],
  [{ attempts: 0 }, 'attempts', '0', 'integer >= 1'],
  [{ attempts: 1.5 }, 'attempts', '1.5', 'integer >= 1'],
  [{ attempts: '3' }, 'attempts', '"3"', 'integer >= 1'],
  [{ attempts: Number.NaN }, 'attempts', 'NaN', 'integer >= 1'],
  [{ maxBytes: 0 }, 'maxBytes', '0', 'integer >= 1'],
  [{ maxBytes: -1 }, 'maxBytes', '-1', 'integer >= 1'],
  [{ backoff: 1000 }, 'backoff', '1000', 'object'],
  [{ backoff: null }, 'backoff', 'null', 'object'],
  [{ backoff: { firstMs: -1 } }, 'backoff', 'firstMs', '-1', '>= 0'],
  [{ backoff: { firstMs: Infinity } }, 'backoff', 'firstMs', 'Infinity', 'finite'],
  [{ backoff: { factor: 0.5 } }, 'backoff', 'factor', '0.5', '>= 1'],
  [{ backoff: { factor: Infinity } }, 'backoff', 'factor', 'Infinity', 'finite'],
  [{ backoff: { factor: Number.NaN } }, 'backoff', 'factor', 'NaN'],
  [{ backoff: { maxMs: '1s' } }, 'backoff', 'maxMs', '"1s"', '>= 0'],
  [{ backoff: { jitter: true } }, 'backoff', '"jitter"', 'firstMs, factor, maxMs'],
  [{ onFailure: 'stop' }, 'onFailure', '"stop"', "'continue' or 'block'"],
  [{ onFailure: 5 }, 'onFailure', '5', "'continue' or 'block'"],
  [{ codec: {} }, 'codec', 'encode', 'functions'],
  [{ codec: { encode: String } }, 'codec', 'decode', 'functions'],
  [{ codec: JSON }, 'codec', 'encode', 'functions'],
  [{ codec: 'json' }, 'codec', '"json"', 'object'],
  [{ schema: {} }, 'schema', 'Standard Schema'],
  [{ schema: null }, 'schema', 'Standard Schema'],
  [{ schema: 'text' }, 'schema', 'Standard Schema'],
  [{ schema: { '~standard': null } }, 'schema', 'Standard Schema'],
  [{ rememberMs: -1 }, 'rememberMs', '-1', '>= 0'],
  [{ rememberMax: 0 }, 'rememberMax', '0', 'integer >= 1'],
  [{ concurrency: 0 }, 'concurrency', '0', 'integer >= 1'],
  [{ retries: 3 }, '"retries"', 'attempts'],
];

for (const [options, ...says] of ofQueues) {
  test(`refuses a queue with ${show(options)}`, () => {
    const store = memory();
    assert.throws(() => make({ store, run: () => undefined, ...options }), tells('createSessionQueue', ...says));
    // It left nothing behind.
    make({ store, run: () => undefined });
  });
}

test('refuses a store that is none', () => {
  for (const store of ['queue.db', {}, 5]) {
    assert.throws(() => make({ store, run: () => undefined }), tells('createSessionQueue', 'store', 'sqlite'));
  }
});

test('takes a schema that is a function, as those of arktype are', async () => {
  const validate = (value: unknown): object => (value === 'a' ? { value } : { issues: [{ message: 'no' }] });
  const schema = Object.assign(() => undefined, { '~standard': { version: 1, vendor: 'test', validate } });
  const queue = make({ store: memory(), run: () => undefined, schema });
  await queue.enqueue('ada', 'a');
  await assert.rejects(queue.enqueue('ada', 'b'), /schema/);
});

const ofEntries: readonly (readonly [options: unknown, ...says: string[]])[] = [
  [{ attempts: 0 }, 'attempts', '0', 'integer >= 1'],
  [{ attempts: 2.5 }, 'attempts', '2.5', 'integer >= 1'],
  [{ delayMs: -1 }, 'delayMs', '-1', '>= 0'],
  [{ delayMs: '1s' }, 'delayMs', '"1s"', '>= 0'],
  [{ delayMs: Infinity }, 'delayMs', 'Infinity', '>= 0'],
  [{ at: 1_700_000_000_000 }, 'at', '1700000000000', 'Date'],
  [{ at: null }, 'at', 'null', 'Date'],
  [{ at: new Date('never') }, 'at', 'Date'],
  [{ at: new Date(0), delayMs: 0 }, 'delayMs', 'at', 'one of them'],
  [{ id: '#7' }, 'id', '"#7"', '#'],
  [{ id: 7 }, 'id', '7', 'string'],
  [{ ttlMs: 0 }, 'ttlMs', '0', '> 0'],
  [{ priority: Infinity }, 'priority', 'Infinity', 'finite'],
  [{ backoff: {} }, '"backoff"', 'delayMs'],
  [null, 'options', 'null', 'object'],
  ['soon', 'options', '"soon"', 'object'],
];

for (const [options, ...says] of ofEntries) {
  test(`refuses a message with ${show(options)}`, async () => {
    const queue = makeGood();
    const ticket = queue.enqueue('ada', 'a', options as never);
    await assert.rejects(ticket, tells('enqueue', ...says));
    assert.equal(queue.pending(), 0);
  });
}

test('keeps what an entry was given over lives, also limits that are none', () => {
  const given = { priority: -5, ttlMs: 1000, timeoutMs: Infinity, attempts: Infinity };
  const stored = storedOptions(readDurableMessageOptions(given, 0));
  const extras = readStoredOptions(JSON.parse(JSON.stringify(stored)) as typeof stored, 400);
  assert.deepEqual([extras?.priority, extras?.ttlMs, extras?.timeoutMs], [-5, 600, Infinity]);
  assert.ok((stored.attempts ?? 0) > 1e15);
  assert.deepEqual(storedOptions(readDurableMessageOptions(undefined, 0)), {});
});

function tells(...parts: readonly string[]): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof TypeError || error instanceof RangeError, String(error));
    for (const part of parts) assert.ok(error.message.includes(part), `"${error.message}" does not say "${part}"`);
    return true;
  };
}

function show(options: unknown): string {
  return JSON.stringify(options, (_, value: unknown) => (typeof value === 'number' ? String(value) : value));
}
