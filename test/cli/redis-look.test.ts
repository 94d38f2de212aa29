/** The commands that look into a queue in Redis while processes run it, and those that decide about its dead letters. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import * as modules from 'node:module';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { makeFolder, runCli } from './cli-process.ts';
import { evil, listed, withoutTimes } from './filled-queue.ts';
import { RedisBench, whyNoRedis } from './redis-bench.ts';
import type { Filled } from './redis-bench.ts';
import { parseObjects } from './store-cli.ts';

const whyNot = whyNoRedis();
const skip = whyNot ?? false;
// How a package is made to be missing.
const noHooks = { skip: 'registerHooks' in modules ? false : 'this Node has no module.registerHooks' };
const bench = whyNot === undefined ? await RedisBench.start() : undefined;

describe('looking into a queue in Redis', { concurrency: true, skip }, () => {
  test('ls lists sessions, those that wait longest first, with what is delayed and dead', async () => {
    const { redis, name } = await fill();
    const { exitCode, stdout } = await redis.cli(name, 'ls');
    assert.equal(exitCode, 0);
    assert.deepEqual(withoutTimes(stdout), listed);
  });

  test('ls --json gives the same objects as of a file', async () => {
    const { redis, name } = await fill();
    const sessions = await redis.objects(name, 'ls');
    assert.deepEqual(
      sessions.map(({ since, next, ...others }) => [others, since === null, next === null]),
      [
        [{ key: 'bob', waiting: 2, delayed: 0, deadLetters: 0 }, false, true],
        [{ key: 'later', waiting: 0, delayed: 1, deadLetters: 0 }, true, false],
        [{ key: evil, waiting: 0, delayed: 0, deadLetters: 2 }, true, true],
      ],
    );
    assert.ok(Math.abs(Date.parse(String(sessions[0]?.['since'])) - Date.now()) < 60_000);
    assert.ok(Date.parse(String(sessions[1]?.['next'])) > Date.now());
  });

  test('show gives the entries of a session in order, and dead letters with their errors, safe to print', async () => {
    const { redis, name } = await fill();
    const bob = await redis.objects(name, 'show', 'bob');
    assert.deepEqual(
      bob.map(({ id, state, attempts, message }) => [id, state, attempts, message]),
      [
        ['one', 'started', 1, '"hold"'],
        ['two', 'waiting', 0, '"second"'],
      ],
    );
    assert.deepEqual(withoutTimes((await redis.cli(name, 'show', evil)).stdout), [
      'STATE AGE ATTEMPTS ID MESSAGE',
      'dead T 1 "odd id" "fail \\u202ehere"',
      'T ago: RangeError (E_NO): no \\u001b[2J',
      'dead T 1 x "fail too"',
      'T ago: RangeError (E_NO): no \\u001b[2J',
      '',
    ]);
    assert.match((await redis.cli(name, 'show', 'later')).stdout, /^delayed .*\n {2}takes its place in 2 h 46 min$/m);
    assert.equal((await redis.cli(name, 'show', 'nobody')).stdout, `"nobody" has nothing in ${redis.url}\n`);
  });

  test('a line of many pages is shown whole, in order, once each', async () => {
    const { redis, name, queue } = await fill();
    const ids = Array.from({ length: 450 }, (_, at) => `n${at}`);
    const tickets = ids.map((id) => queue.enqueue('bob', 'more', { id }));
    // Larger than a page may be, so that it ends a page early.
    tickets.push(
      queue.enqueue('bob', 'x'.repeat(5_000_000), { id: 'big' }),
      queue.enqueue('bob', 'last', { id: 'last' }),
    );
    for (const ticket of tickets) ticket.catch(() => undefined);
    await Promise.all(tickets.map(({ accepted }) => accepted));
    const shown = await redis.objects(name, 'show', 'bob');
    assert.deepEqual(
      shown.map(({ id }) => id),
      ['one', 'two', ...ids, 'big', 'last'],
    );
  });

  test('looking makes no key, not even of a queue that is not there', async () => {
    const { redis, name } = await fill();
    const own = async (): Promise<readonly string[]> => (await redis.keys()).filter((key) => !isOfOthers(key, name));
    const before = await own();
    for (const words of [
      ['ls'],
      ['show', 'bob'],
      ['show', 'nobody'],
      ['doctor'],
      ['drop', 'bob'],
      ['retry', 'nobody'],
    ]) {
      await redis.cli(name, ...words);
      await redis.cli('none', ...words);
    }
    assert.deepEqual(await own(), before);
  });

  for (const words of [['ls'], ['show', 'ada'], ['retry', 'ada'], ['drop', 'ada']]) {
    test(`${words[0]} says that a queue is not there`, async () => {
      const { exitCode, stdout, stderr } = (await bench?.cli('none', ...words)) ?? {};
      assert.deepEqual([exitCode, stdout], [2, '']);
      assert.match(stderr ?? '', /^error: can't use --store redis:.*: there is no queue "none" \(prefix "bull"\).*\n$/);
    });
  }
});

describe('deciding about dead letters in Redis', { concurrency: true, skip }, () => {
  test('retry puts one back while processes run, and it runs with all its attempts', async () => {
    const { redis, name, queue, heard, release } = await fill();
    release();
    assert.deepEqual(await decide(redis, name, 'retry', evil, 'none'), [1, { key: evil, id: 'none', retried: 0 }]);
    assert.deepEqual(await decide(redis, name, 'retry', evil, 'x'), [0, { key: evil, id: 'x', retried: 1 }]);
    await queue.ticket(evil, 'x');
    assert.equal(heard.filter((message) => message === 'fail too').length, 2);
    assert.equal(heard.filter((message) => message === 'fail \u202ehere').length, 1);
    const letters = await queue.deadLetters.list(evil);
    assert.deepEqual(
      letters.map(({ id }) => id),
      ['odd id'],
    );
  });

  test('a retried session has its job, though nobody has the queue open', async () => {
    const { redis, name, queue, release } = await fill();
    release();
    await queue.close({ drainMs: 1000 });
    assert.deepEqual(await decide(redis, name, 'retry', evil), [0, { key: evil, id: null, retried: 2 }]);
    const [found] = await redis.objects(name, 'doctor');
    assert.deepEqual([found?.['idle'], found?.['waiting'], found?.['listeners']], [0, 2, 0]);
    assert.match(String(found?.['warnings']), /no process has the queue open/);
  });

  test('drop forgets one or all, says how many, and 1 when there is none', async () => {
    const { redis, name, queue, release } = await fill();
    assert.deepEqual(await decide(redis, name, 'drop', evil, 'x'), [0, { key: evil, id: 'x', dropped: 1 }]);
    assert.deepEqual(await decide(redis, name, 'drop', evil), [0, { key: evil, id: null, dropped: 1 }]);
    assert.deepEqual(await decide(redis, name, 'drop', evil), [1, { key: evil, id: null, dropped: 0 }]);
    assert.equal((await redis.cli(name, 'drop', evil)).stdout, '"ada \\u001b[31m\\u202e" has no dead letter\n');
    assert.deepEqual(await queue.deadLetters.list(), []);
    release();
    await queue.ticket('bob', 'two');
  });
});

describe('a Redis that can not be used', { concurrency: true, skip }, () => {
  const cases: readonly (readonly [what: string, url: (port: number) => string, expected: RegExp])[] = [
    [
      'asks for a password',
      (port) => `redis://127.0.0.1:${port}`,
      /redis:\/\/127\.0\.0\.1:\d+: Redis asks for a password/,
    ],
    [
      'refuses the password',
      (port) => `redis://me:hush@127.0.0.1:${port}`,
      /does not accept this user name and password/,
    ],
    [
      'has no such database',
      (port) => `redis://:sesame@127.0.0.1:${port}/99`,
      /:\d+\/99: ERR DB index is out of range/,
    ],
    [
      'is not there',
      () => 'redis://:hush@127.0.0.1:1/3',
      /use --store redis:\/\/127\.0\.0\.1:1\/3: connect ECONNREFUSED/,
    ],
    [
      'has no such path',
      (port) => `redis://:hush@127.0.0.1:${port}/chat`,
      /use --store redis:…: expected redis:\/\/host/,
    ],
    ['is no host', () => 'redis://:hush@:7000', /use --store redis:…: expected redis:\/\/host/],
    ['is half a URL', () => 'rediss:hush@host', /use --store rediss:…: expected redis:\/\/host/],
  ];
  test('is named in one line, with exit code 2, and no password is printed', async () => {
    const { server } = await RedisBench.start(['--requirepass', 'sesame']);
    const look = async (words: readonly string[], [what, url, expected]: (typeof cases)[number]): Promise<void> => {
      const { exitCode, stdout, stderr } = await runCli([...words, '--store', url(server.port)]);
      assert.deepEqual([exitCode, stdout], [2, ''], what);
      assert.match(stderr, expected, what);
      assert.equal(stderr.split('\n').length, 2, stderr);
      assert.doesNotMatch(stderr, /hush|sesame/);
    };
    await Promise.all(cases.map((each) => look(['ls'], each)));
    await Promise.all(cases.slice(0, 2).flatMap((each) => [look(['doctor'], each), look(['retry', 'ada'], each)]));
    const url = `redis://:sesame@127.0.0.1:${server.port}`;
    const { stdout } = await runCli(['doctor', '--store', url]);
    assert.match(stdout, /^server +redis:\/\/127\.0\.0\.1:\d+, redis/);
    assert.doesNotMatch(stdout, /sesame/);
  });

  test('that never answers is given up', async (context) => {
    const silent = await listen(context);
    const { exitCode, stderr } = await runCli(['ls', '--store', `redis://127.0.0.1:${portOf(silent)}`]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /(has not answered within 5000 ms|timed out)/);
  });

  test('a run refuses it, without the password', async () => {
    const words = ['run', '--key', '.k', '--store', 'redis://:hush@localhost/1', '--', 'cat'];
    const { exitCode, stderr } = await runCli(words);
    assert.equal(exitCode, 2);
    assert.equal(
      stderr,
      "error: can't use --store redis://localhost/1: a run owns its store, and one in Redis is shared. Give the path of a " +
        'SQLite file, such as queue.db.\n',
    );
  });

  test('names the packages that are missing, and needs none of them for a file', noHooks, async (context) => {
    const folder = await makeFolder(context);
    await writeFile(join(folder, 'without.mjs'), withoutPackages);
    const env = { NODE_OPTIONS: `--import ${JSON.stringify(join(folder, 'without.mjs'))}` };
    for (const words of [['ls'], ['doctor'], ['drop', 'ada']]) {
      const { exitCode, stderr } = await runCli([...words, '--store', 'redis://localhost'], { env });
      assert.equal(exitCode, 2);
      assert.match(stderr, /needs two packages that are not installed: npm install bullmq ioredis\n$/);
    }
    const { stderr } = await runCli(['ls', '--store', 'none.db'], { env, cwd: folder });
    assert.match(stderr, /no such file/);
  });
});

async function fill(): Promise<Filled & { readonly redis: RedisBench }> {
  if (bench === undefined) throw new Error('there is no Redis');
  return { ...(await bench.fill()), redis: bench };
}

async function decide(redis: RedisBench, name: string, ...words: readonly string[]): Promise<unknown> {
  const { exitCode, stdout } = await redis.cli(name, ...words, '--json');
  return [exitCode, parseObjects(stdout)[0]];
}

/** Keys of other tests' queues, and those with which the processes that run this one keep it going. */
function isOfOthers(key: string, name: string): boolean {
  const isOwn = key.startsWith(`bull:{${name}}:`) || key.startsWith('bull:{none}:');
  return !isOwn || /:(marker|stalled|stalled-check|active|wait|lock)$|:watch:/.test(key);
}

async function listen(context: TestContext): Promise<Server> {
  const server = createServer((socket) => context.after(() => socket.destroy())).listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const withoutPackages = `
import { registerHooks } from 'node:module';
registerHooks({
  resolve(specifier, context, next) {
    if (!/^(bullmq|ioredis)$/.test(specifier)) return next(specifier, context);
    const error = new Error("Cannot find package '" + specifier + "' imported from somewhere");
    throw Object.assign(error, { code: 'ERR_MODULE_NOT_FOUND' });
  },
});`;
