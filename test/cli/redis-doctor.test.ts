/** What `doctor` finds in a Redis, and in a queue in it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runCli } from './cli-process.ts';
import { evil } from './filled-queue.ts';
import { RedisBench, whyNoRedis } from './redis-bench.ts';
import { parseObjects } from './store-cli.ts';

const whyNot = whyNoRedis();

describe('doctor of Redis', { concurrency: true, skip: whyNot ?? false }, () => {
  test('finds nothing wrong with a sound queue, and says what is in it and who runs it', async () => {
    const bench = await RedisBench.start();
    const { name } = await bench.fill();
    const { exitCode, stdout } = await bench.cli(name, 'doctor');
    assert.equal(exitCode, 0, stdout);
    for (const expected of [
      /^server +redis:\/\/127\.0\.0\.1:\d+, (redis|valkey) \d+\.\d+\.\d+, master$/m,
      /^memory +[\d.]+ MiB used, without a limit \(maxmemory 0\), maxmemory-policy noeviction$/m,
      /^persistence +append-only file, appendfsync everysec: .*may cost the last second or two/m,
      /^replication +no replica/m,
      /^clock +as here$/m,
      /^queue +"cli-\d+", prefix "bull"$/m,
      /^waiting +2, the oldest for .*; 1 entry is delayed$/m,
      /^dead letters +2$/m,
      /^open in +1 process$/m,
      /^owner +process [\da-f-]{36}: 1 session, locked for [\d.]+ s more at least$/m,
      /^problems +none$/m,
    ]) {
      assert.match(stdout, expected);
    }
    assert.doesNotMatch(stdout, /warning/);
    const [found] = parseObjects((await bench.cli(name, 'doctor', '--json')).stdout);
    const { ok, problems, warnings, waiting, delayed, deadLetters, idle, listeners } = found ?? {};
    assert.deepEqual(
      { ok, problems, warnings, waiting, delayed, deadLetters, idle, listeners },
      { ok: true, problems: [], warnings: [], waiting: 2, delayed: 1, deadLetters: 2, idle: 0, listeners: 1 },
    );
  });

  test('finds a Redis that evicts, keeps nothing, and is nearly full', async () => {
    const bench = await RedisBench.start([
      '--maxmemory-policy',
      'allkeys-lru',
      '--appendonly',
      'no',
      '--maxmemory',
      '800kb',
    ]);
    const { exitCode, stdout } = await bench.cli('none', 'doctor');
    assert.equal(exitCode, 1, stdout);
    assert.match(stdout, /^memory +.*of 800\.0 KiB \(maxmemory\), maxmemory-policy allkeys-lru$/m);
    assert.match(stdout, /^persistence +no append-only file$/m);
    assert.match(stdout, /^problem +The maxmemory-policy is allkeys-lru.* CONFIG SET maxmemory-policy noeviction/m);
    assert.match(stdout, /^problem +There is no queue "none" \(prefix "bull"\)/m);
    assert.match(stdout, /^warning +Redis has no append-only file.* CONFIG SET appendonly yes/m);
    assert.match(stdout, /^warning +[\d.]+ .iB of 800\.0 KiB are used.*maxmemory/m);
  });

  test('only warns of what has a price', async () => {
    const bench = await RedisBench.start(['--appendonly', 'no']);
    const { name, queue } = await bench.fill();
    await queue.pause();
    const { exitCode, stdout } = await bench.cli(name, 'doctor');
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /^held +everything is paused$/m);
    assert.equal(stdout.match(/^warning /gm)?.length, 2);
    assert.match(stdout, /^warning +The queue is paused.*resume\(\)/m);
    assert.match(stdout, /^problems +none$/m);
  });

  test('finds sessions without a job, and owners without a lock', async () => {
    const bench = await RedisBench.start();
    const { name, queue, release } = await bench.fill();
    release();
    await queue.deadLetters.drop(evil);
    await queue.close({ drainMs: 1000 });
    const base = `bull:{${name}}:lane:`;
    await bench.server.run(async (redis) => {
      await redis.sadd(`${base}work`, '"lost"');
      await redis.hset(
        `${base}entries:"lost"`,
        '"a"',
        '{"head":0,"from":"","enqueuedMs":1000,"delayMs":0,"options":{},"message":"1"}',
      );
      await redis.zadd(`${base}line:"lost"`, 1000, '"a"');
      await redis.hset(`${base}owners`, '"gone"', 'some-process 7 token');
    });
    const { exitCode, stdout } = await bench.cli(name, 'doctor');
    assert.equal(exitCode, 0);
    assert.match(stdout, /^no job +1 session with work: "lost"$/m);
    assert.match(stdout, /^owner +process some-process: 1 session, 1 without a lock$/m);
    assert.match(stdout, /^warning +1 session has work and no job/m);
    assert.match(stdout, /^warning +Entries wait, and no process has the queue open/m);
    assert.match(stdout, /^warning +1 session is held by a process that has lost its lock/m);
  });

  test('tells a replica, and how far it is behind', async () => {
    const primary = await RedisBench.start(['--repl-diskless-sync-delay', '0']);
    const replica = await RedisBench.start(['--replicaof', '127.0.0.1', String(primary.server.port)]);
    for (;;) {
      const { stdout } = await primary.cli('none', 'doctor');
      if (/no replica:/.test(stdout)) continue;
      assert.match(stdout, /^replication +1 replica, the nearest .* behind; none has to keep up.*a failover may cost/m);
      break;
    }
    const { exitCode, stdout } = await runCli(['doctor', '--store', replica.url]);
    assert.equal(exitCode, 1);
    assert.match(
      stdout,
      /^problem +This Redis is a replica, and takes no writes\. Give the address of the primary\.$/m,
    );
  });
});
