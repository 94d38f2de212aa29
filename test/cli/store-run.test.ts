/** A run with a store goes on where an earlier one ended, however that was. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createSessionQueue } from '#src/core/create-session-queue.ts';
import { sqlite } from '#src/stores/sqlite/index.ts';
import { byLine, fixture, startCli } from './cli-process.ts';
import { killAndRunAgain } from './killed-run.ts';
import { makeBench, parseObjects, skipsStores } from './store-cli.ts';

describe('a run with a store', { concurrency: true, skip: skipsStores }, () => {
  test('that was killed goes on: one result a line, in order, and only what was cut off runs twice', (context) =>
    killAndRunAgain(context, 20_000));

  test('gives the results of the first run again, as they were, and runs nothing', async (context) => {
    const bench = await makeBench(context);
    await bench.write([{ k: 'ada', n: 1 }, { k: 'ada', n: 2, fails: 1 }, { k: 'bob', n: 3 }, 'no key']);
    const [one, two] = [await bench.run(), await bench.run()];
    assert.deepEqual([one.exitCode, two.exitCode, one.results.length], [1, 1, 4]);
    const untimed = (results: typeof one.results): unknown[] =>
      byLine(results).map(({ waitedMs: _waitedMs, ranMs: _ranMs, ...result }) => result);
    assert.deepEqual(untimed(two.results), untimed(one.results));
    assert.deepEqual(byLine(two.results)[1]?.error, { name: 'RangeError', message: 'no 2 at 1', code: 'E_NO' });
    assert.ok(two.results.every(({ ranMs }) => ranMs === 0));
    assert.match(two.stderr, /^from the store 3$/m);
    assert.equal((await bench.starts()).length, 3);
  });

  test('knows every value that a run without one can give, and refuses the same', async (context) => {
    const bench = await makeBench(context);
    const hows = ['nothing', 'big', 'ring', 'infinite', 'function', 'symbol', 'thenable', 'error', 'late error'];
    await bench.write([...hows, 'not an error', 'bad error', 'evil text'].map((how) => ({ k: how, how })));
    const plain = ['run', 'in.jsonl', '--key', '.k', '--handler', fixture('odd.js')];
    const runs = [plain, [...plain, '--store', 'queue.db'], [...plain, '--store', 'queue.db']];
    const outputs: unknown[] = [];
    for (const words of runs) {
      const { results } = await bench.cli(...words);
      outputs.push(byLine(results).map(({ waitedMs: _waitedMs, ranMs: _ranMs, ...result }) => result));
    }
    assert.deepEqual(outputs[1], outputs[0]);
    assert.deepEqual(outputs[2], outputs[0]);
  });

  test('runs the lines that its input has got meanwhile, and no other', async (context) => {
    const bench = await makeBench(context);
    await bench.write([{ k: 'ada', n: 1 }]);
    await bench.run();
    await bench.write([
      { k: 'ada', n: 1 },
      { k: 'ada', n: 2 },
    ]);
    const { exitCode, results } = await bench.run();
    assert.deepEqual([exitCode, results.map(({ line }) => line)], [0, [1, 2]]);
    assert.deepEqual(
      (await bench.starts()).map(({ n }) => n),
      [1, 2],
    );
  });

  test('leaves what an abort has taken to the next one', async (context) => {
    const bench = await makeBench(context);
    await bench.write([0, 1, 2].map((n) => ({ k: 'ada', n })));
    const words = ['run', 'in.jsonl', '--key', '.k', '--store', 'queue.db', '--handler', fixture('hold.js')];
    const { child, untilStderr, ended } = startCli(words, { cwd: bench.cwd });
    await untilStderr('started 0');
    child.stdin.write('0\n');
    await untilStderr('started 1');
    child.kill('SIGINT');
    await untilStderr('a second signal aborts them');
    child.kill('SIGINT');
    const { exitCode, results } = await ended;
    assert.equal(exitCode, 130);
    assert.deepEqual(
      results.map(({ ok, error }) => (ok ? 'ok' : error?.code)),
      ['ok', 'closed', 'closed'],
    );
    const next = await bench.run();
    assert.deepEqual([next.exitCode, next.results.map(({ line }) => line)], [0, [1, 2, 3]]);
    assert.deepEqual(
      (await bench.starts()).map(({ n }) => n),
      [1, 2],
    );
  });

  test('hands a command the line as it was read, whichever run that was', async (context) => {
    const bench = await makeBench(context);
    await writeFile(join(bench.cwd, 'in.jsonl'), '{ "k" : "ada",  "t":"é\\u2028" }\r\n\n{"k":"ada"}\n');
    const words = ['run', 'in.jsonl', '--key', '.k', '--store', 'queue.db', '--', 'sh', '-c'];
    const first = startCli([...words, 'echo started >&2; kill -9 $PPID'], { cwd: bench.cwd });
    await first.ended;
    const { exitCode, results } = await bench.cli(...words, 'printf "%s " "$TINYCLAW_LINE"; od -An -c | tr -d "\\n"');
    assert.equal(exitCode, 0);
    assert.deepEqual(
      results.map(({ line, value }) => [line, String(value).replaceAll(/ +/g, ' ')]),
      [
        [1, String.raw`1 { " k " : " a d a " , " t " : " 303 251 \ u 2 0 2 8 " } \n`],
        [3, String.raw`3 { " k " : " a d a " } \n`],
      ],
    );
  });

  test('tries a line again as often as --attempts says, before the next of its session', async (context) => {
    const bench = await makeBench(context);
    await bench.write([
      { k: 'ada', n: 1, fails: 1 },
      { k: 'ada', n: 2 },
    ]);
    const { exitCode, results } = await bench.run('--attempts', '2');
    assert.deepEqual(
      [exitCode, results.map(({ line, ok }) => [line, ok])],
      [
        0,
        [
          [1, true],
          [2, true],
        ],
      ],
    );
    assert.deepEqual(
      (await bench.starts()).map(({ n, attempt }) => [n, attempt]),
      [
        [1, 1],
        [1, 2],
        [2, 1],
      ],
    );
  });

  test('runs a dead letter that was put back, and gives its result at its place', async (context) => {
    const bench = await makeBench(context);
    await bench.write([1, 2, 3].map((n) => ({ k: 'ada', n, fails: n === 2 ? 1 : 0 })));
    await bench.run();
    const retried = await bench.cli('retry', 'ada', '--store', 'queue.db');
    assert.deepEqual(
      [retried.exitCode, retried.stdout],
      [0, '1 dead letter of "ada" put back: it runs when the queue does\n'],
    );
    const { exitCode, results } = await bench.run();
    assert.deepEqual(
      [exitCode, results.map(({ line, ok }) => [line, ok])],
      [
        0,
        [
          [1, true],
          [2, true],
          [3, true],
        ],
      ],
    );
    assert.deepEqual(
      (await bench.starts()).map(({ n }) => n),
      [1, 2, 3, 2],
    );
  });

  test('runs a line anew whose dead letter was dropped, and which may have been mended', async (context) => {
    const bench = await makeBench(context);
    await bench.write([{ k: 'ada', n: 1, fails: 9 }, 'bad', { k: 'ada', n: 3 }]);
    await bench.run();
    await bench.cli('drop', 'ada', '--store', 'queue.db');
    await bench.write([1, 2, 3].map((n) => ({ k: 'ada', n })));
    const { exitCode, results, stderr } = await bench.run();
    assert.deepEqual(
      [exitCode, results.map(({ line, ok }) => [line, ok])],
      [
        0,
        [
          [1, true],
          [2, true],
          [3, true],
        ],
      ],
    );
    assert.match(stderr, /^from the store 1$/m);
  });

  test('runs what an earlier one has read though the input has it no longer, and says so', async (context) => {
    const bench = await makeBench(context);
    await bench.write([1, 2, 3].map((n) => ({ k: 'ada', n, fails: 1 })));
    await bench.run();
    await bench.cli('retry', 'ada', '--store', 'queue.db');
    await bench.write([{ k: 'ada', n: 1, fails: 1 }]);
    const { exitCode, results, stderr } = await bench.run();
    assert.deepEqual([exitCode, results.length], [0, 1]);
    assert.match(stderr, /^not in input +2 that an earlier run had read$/m);
    assert.equal((await bench.starts()).length, 6);
  });
});

describe('a store', { concurrency: true, skip: skipsStores }, () => {
  for (const [what, change] of [
    ['a line is missing in the input', ['--key', '.k']],
    ['the key is looked for elsewhere', ['--key', '.n']],
  ] as const) {
    test(`refuses to go on, and runs nothing, where ${what}`, async (context) => {
      const bench = await makeBench(context);
      const lines = [1, 2, 3].map((n) => ({ k: `s${n}`, n, fails: n === 3 ? 1 : 0 }));
      await bench.write(lines);
      await bench.run();
      await bench.cli('retry', 's3', '--store', 'queue.db');
      await bench.write(change[1] === '.k' ? lines.slice(1) : lines);
      const words = ['run', 'in.jsonl', ...change, '--store', 'queue.db', '--handler', fixture('record.js')];
      const { exitCode, stdout, stderr } = await bench.cli(...words);
      assert.deepEqual([exitCode, stdout], [1, '']);
      assert.match(
        stderr,
        /^the input was changed: line 1 is not the line 1 that queue\.db knows: its text, or the place/m,
      );
      assert.equal((await bench.starts()).length, 3);
      const { stdout: list } = await bench.cli('ls', '--store', 'queue.db');
      assert.match(list, /1 waiting/);
    });
  }

  test('of another program is refused', async (context) => {
    const bench = await makeBench(context);
    await bench.write([{ k: 'ada', n: 1 }]);
    const queue = createSessionQueue({ run: () => 1, store: sqlite(join(bench.cwd, 'queue.db')) });
    await queue.enqueue('ada', 'a message');
    await queue.close();
    const { exitCode, stdout, stderr } = await bench.run();
    assert.deepEqual([exitCode, stdout], [2, '']);
    const expected =
      "error: can't use --store queue.db: it has entries of another program, which this handler must not";
    assert.ok(stderr.includes(expected), stderr);
  });

  test('that another run owns is refused, with the process that has it; ls looks at it meanwhile', async (context) => {
    const bench = await makeBench(context);
    await bench.write([{ k: 'ada', n: 0 }]);
    const words = ['run', 'in.jsonl', '--key', '.k', '--store', 'queue.db', '--handler', fixture('hold.js')];
    const owner = startCli(words, { cwd: bench.cwd });
    await owner.untilStderr('started 0');
    const owned = `can't use --store queue.db: sqlite: "queue.db" is owned by the process ${owner.child.pid}.`;
    for (const other of [bench.run(), bench.cli('retry', 'ada', '--store', 'queue.db')]) {
      const { exitCode, stderr } = await other;
      assert.equal(exitCode, 2);
      assert.ok(stderr.includes(owned), stderr);
    }
    const { stdout: shown } = await bench.cli('show', 'ada', '--store', 'queue.db', '--json');
    assert.equal(parseObjects(shown)[0]?.['state'], 'started');
    const { exitCode, stdout } = await bench.cli('doctor', '--store', 'queue.db', '--json');
    assert.deepEqual([exitCode, parseObjects(stdout)[0]?.['owner']], [0, { pid: owner.child.pid, isAlive: true }]);
    owner.child.stdin.end('0\n');
    assert.equal((await owner.ended).exitCode, 0);
  });
});
