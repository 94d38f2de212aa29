/** The commands that look into a store, and those that decide about its dead letters. */
import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { createSessionQueue } from '#src/core/create-session-queue.ts';
import type { MessageTurn } from '#src/core/message-queue.ts';
import { sqlite } from '#src/stores/sqlite/index.ts';
import { evil, fill, listed, runMessage, withoutTimes } from './filled-queue.ts';
import { makeBench, parseObjects, skipsStores } from './store-cli.ts';
import type { Bench } from './store-cli.ts';

describe('looking into a store', { concurrency: true, skip: skipsStores }, () => {
  test('ls lists sessions, those that wait longest first, with what is delayed and dead', async (context) => {
    const { bench } = await makeStore(context);
    const { exitCode, stdout } = await bench.cli('ls', '--store', 'queue.db');
    assert.equal(exitCode, 0);
    assert.deepEqual(withoutTimes(stdout), listed);
    const heads = stdout
      .split('\n')
      .slice(0, 4)
      .map((line) => line.search(/SESSION|"/));
    assert.equal(new Set(heads).size, 1, 'the columns are aligned');
  });

  test('ls --json gives one object a line', async (context) => {
    const { bench } = await makeStore(context);
    const { stdout } = await bench.cli('ls', '--store', 'queue.db', '--json');
    const sessions = parseObjects(stdout);
    assert.deepEqual(
      sessions.map(({ key, waiting, delayed, deadLetters }) => [key, waiting, delayed, deadLetters]),
      [
        ['bob', 2, 0, 0],
        ['later', 0, 1, 0],
        [evil, 0, 0, 2],
      ],
    );
    assert.ok(Math.abs(Date.parse(String(sessions[0]?.['since'])) - Date.now()) < 60_000);
    assert.ok(Date.parse(String(sessions[1]?.['next'])) > Date.now());
    assert.deepEqual([sessions[1]?.['since'], sessions[0]?.['next']], [null, null]);
  });

  test('show gives the entries of a session in order, and dead letters with their errors, safe to print', async (context) => {
    const { bench } = await makeStore(context);
    const { stdout: bob } = await bench.cli('show', 'bob', '--store', 'queue.db', '--json');
    assert.deepEqual(
      parseObjects(bob).map(({ id, state, attempts, message }) => [id, state, attempts, message]),
      [
        ['one', 'started', 1, '"hold"'],
        ['two', 'waiting', 0, '"second"'],
      ],
    );
    const { exitCode, stdout } = await bench.cli('show', evil, '--store', 'queue.db');
    assert.equal(exitCode, 0);
    const lines = withoutTimes(stdout);
    assert.deepEqual(lines, [
      'STATE AGE ATTEMPTS ID MESSAGE',
      'dead T 1 "odd id" "fail \\u202ehere"',
      'T ago: RangeError (E_NO): no \\u001b[2J',
      'dead T 1 x "fail too"',
      'T ago: RangeError (E_NO): no \\u001b[2J',
      '',
    ]);
    const { stdout: later } = await bench.cli('show', 'later', '--store', 'queue.db');
    assert.match(later, /^delayed .*\n {2}takes its place in 2 h 46 min$/m);
    const { stdout: none } = await bench.cli('show', 'nobody', '--store', 'queue.db');
    assert.equal(none, '"nobody" has nothing in queue.db\n');
  });

  test('retry and drop take one dead letter or all, say how many, and 1 when there is none', async (context) => {
    const { bench } = await makeStore(context);
    const decide = async (...words: readonly string[]): Promise<unknown> => {
      const { exitCode, stdout } = await bench.cli(...words, '--store', 'queue.db', '--json');
      return [exitCode, parseObjects(stdout)[0]];
    };
    assert.deepEqual(await decide('retry', evil, 'none'), [1, { key: evil, id: 'none', retried: 0 }]);
    assert.deepEqual(await decide('retry', evil, 'odd id'), [0, { key: evil, id: 'odd id', retried: 1 }]);
    assert.deepEqual(await decide('drop', evil), [0, { key: evil, id: null, dropped: 1 }]);
    assert.deepEqual(await decide('drop', evil), [1, { key: evil, id: null, dropped: 0 }]);
    const { stdout } = await bench.cli('drop', evil, '--store', 'queue.db');
    assert.equal(stdout, '"ada \\u001b[31m\\u202e" has no dead letter\n');
    // It waits, and the next life of the queue runs it.
    const heard: string[] = [];
    const queue = createSessionQueue({
      run: ({ input }: MessageTurn<string>) => void heard.push(input),
      store: sqlite(join(bench.cwd, 'queue.db')),
    });
    await queue.ticket(evil, 'odd id');
    await queue.close();
    assert.ok(heard.includes('fail \u202ehere'));
    assert.ok(!heard.includes('fail too'));
  });

  test('a key that begins with a dash stands behind --', async (context) => {
    const { bench } = await makeStore(context);
    const { stdout } = await bench.cli('show', '--store', 'queue.db', '--', '--json');
    assert.equal(stdout, '"--json" has nothing in queue.db\n');
  });

  for (const words of [['ls'], ['show', 'ada'], ['retry', 'ada'], ['drop', 'ada'], ['doctor']]) {
    test(`${words[0]} makes no file where there is none, and says what is supported`, async (context) => {
      const bench = await makeBench(context);
      const missing = await bench.cli(...words, '--store', 'none.db');
      assert.deepEqual(
        [missing.exitCode, missing.stdout, missing.stderr],
        [2, '', "error: can't use --store none.db: ENOENT: no such file or directory, stat 'none.db'\n"],
      );
      const other = await bench.cli(...words, '--store', 'mysql://me:secret@localhost');
      assert.deepEqual(
        [other.exitCode, other.stderr],
        [
          2,
          "error: can't use --store mysql:…: there is no store for mysql: here; expected the path of a SQLite file, such as queue.db, " +
            'or redis://host:port/db\n',
        ],
      );
      const named = await bench.cli(...words, '--store', 'none.db', '--name', 'chat');
      assert.deepEqual([named.exitCode, /--name is for a queue in Redis/.test(named.stderr)], [2, true]);
      assert.deepEqual(await readdir(bench.cwd), []);
      assert.match((await bench.cli(...words)).stderr, /required option '--store <store>' not specified/);
      await mkdir(join(bench.cwd, 'folder'));
      assert.match((await bench.cli(...words, '--store', 'folder')).stderr, /can't use --store folder: it is no file/);
    });
  }
});

describe('doctor', { concurrency: true, skip: skipsStores }, () => {
  test('says that all is well with a sound file, and what is in it', async (context) => {
    const { bench } = await makeStore(context);
    const { exitCode, stdout } = await bench.cli('doctor', '--store', 'queue.db');
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /^owner +nobody; process \d+ was the last$/m);
    assert.match(stdout, /^rows +6 checked$/m);
    assert.match(stdout, /^waiting +2, the oldest for .*; 1 entry is delayed$/m);
    assert.match(stdout, /^dead letters +2$/m);
    assert.match(stdout, /^problems +none$/m);
  });

  test('names each row that is damaged, and what to do', async (context) => {
    const { bench, file } = await makeStore(context);
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(file);
    database.exec(`UPDATE entries SET message = '"changed"'; UPDATE deadLetters SET attempt = 9 WHERE id = '"x"'`);
    database.close();
    const { exitCode, stdout } = await bench.cli('doctor', '--store', 'queue.db');
    assert.equal(exitCode, 1);
    assert.match(stdout, /^problem +sqlite: row \d+ of entries in "queue\.db" is damaged\. .*Restore a back-up/m);
    assert.equal(stdout.match(/^problem /gm)?.length, 4);
    const { stdout: json } = await bench.cli('doctor', '--store', 'queue.db', '--json');
    const [found] = parseObjects(json);
    assert.equal(found?.['ok'], false);
    assert.equal((found['problems'] as string[]).length, 4);
  });

  test('tells a file that is torn, of something else, or none of SQLite', async (context) => {
    const { bench, file } = await makeStore(context);
    const bytes = await readFile(file);
    await writeFile(join(bench.cwd, 'torn.db'), bytes.subarray(0, 4096 * 3));
    await writeFile(join(bench.cwd, 'text.db'), 'no database at all, but some text that is long enough'.repeat(50));
    const { DatabaseSync } = await import('node:sqlite');
    const other = new DatabaseSync(join(bench.cwd, 'other.db'));
    other.exec('CREATE TABLE mine (a)');
    other.close();
    for (const [name, expected] of [
      ['torn.db', /problem .*(malformed|damaged|back-up)/],
      ['text.db', /problem .*file is not a database.*restore a back-up, or give another path/],
      ['other.db', /problem .*is a SQLite file of something else/],
    ] as const) {
      const { exitCode, stdout } = await bench.cli('doctor', '--store', name);
      assert.equal(exitCode, 1, stdout);
      assert.match(stdout, expected);
      const before = await readFile(join(bench.cwd, name));
      await bench.cli('drop', 'bob', '--store', name);
      assert.deepEqual(await readFile(join(bench.cwd, name)), before, 'it is left as it was');
    }
  });
});

interface Store {
  readonly bench: Bench;
  readonly file: string;
}

/**
 * A store of a program: two dead letters, one delayed entry, and two that wait, the first of which was cut off. It is a copy, as
 * a crash at that moment would leave it.
 */
async function makeStore(context: TestContext): Promise<Store> {
  const bench = await makeBench(context);
  const original = join(bench.cwd, 'original.db');
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const queue = createSessionQueue({
    run: ({ input }: MessageTurn<string>) => runMessage(input, released),
    store: sqlite(original),
  });
  const { left } = await fill(queue);
  const file = join(bench.cwd, 'queue.db');
  for (const end of ['', '-wal']) await copyFile(`${original}${end}`, `${file}${end}`);
  // Folds the log in, so that the file alone is all of it.
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(file);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  release();
  void queue.close({ drainMs: 0 });
  await left;
  return { bench, file };
}
