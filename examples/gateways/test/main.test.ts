/** The story, played for real: what it prints, how it ends, and what it leaves behind. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

import { whyNoRedis } from '../../../test/stores/bullmq/redis-server.ts';

// Where everything has to be there, a missing Redis fails the tests instead.
const skip = process.env['CI'] === undefined && (whyNoRedis() ?? false);

const mainFile = fileURLToPath(new URL('../main.ts', import.meta.url));

interface Run {
  readonly child: ChildProcess;
  readonly lines: Readable;
  readonly errors: Readable;
  /** Where the story keeps what it needs while it runs. */
  readonly folder: string;
}

function run(t: TestContext, env: Readonly<Record<string, string>> = {}): Run {
  const folder = mkdtempSync(join(tmpdir(), 'gateways-'));
  const child = spawn(process.execPath, [mainFile], {
    env: { ...process.env, TMPDIR: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  return { child, lines: child.stdout, errors: child.stderr, folder };
}

test('one gateway is killed, the other takes over, and all is answered once and in order', { skip }, async (t) => {
  const { child, folder, lines, errors } = run(t);
  const [out, err] = await Promise.all([text(lines), text(errors), once(child, 'close')]);
  assert.equal(child.exitCode, 0, out + err);
  assert.equal(err, '');
  const [, killed = ''] = /s {2}([AB]) IS KILLED/.exec(out) ?? [];
  const other = killed === 'A' ? 'B' : 'A';
  const told = [
    `${killed} begins to answer Ada's “A table”`,
    `${killed} IS KILLED`,
    `Ada writes “by the window”: ${other}`,
  ];
  const takeover = new RegExp(`${other} TAKES OVER, ([\\d.]+) s after the kill: answers Ada's “A table” anew`).exec(
    out,
  );
  const answers = ['A table', 'for two', 'at eight', 'by the window'].map(
    (message) => `${other} has answered Ada's “${message}”`,
  );
  const places = [...told, takeover?.[0] ?? 'TAKES OVER', ...answers].map((line) => out.indexOf(line));
  assert.deepEqual(
    places,
    places.toSorted((one, next) => one - next),
    out,
  );
  assert.ok(!places.includes(-1), out);
  assert.ok(
    out.indexOf("has answered Bob's “Is it raining?”") < out.indexOf("has answered Bob's “And tomorrow?”"),
    out,
  );
  assert.match(out, new RegExp(`Ada {2}“A table” +answered by ${other}, after ${killed} had begun`));
  assert.equal(out.match(/^ {2}(Ada|Bob) {2}“.*answered by [AB](, after [AB] had begun)?$/gm)?.length, 6, out);
  // The lock that the dead one had, and the check that notices it.
  assert.ok(Number(takeover?.[1]) < 5, out);
  assert.match(
    out,
    /The takeover took [\d.]+ s\.\nEvery message was answered exactly once, and those of each user in order\.\n$/,
  );
  assert.deepEqual(readdirSync(folder), []);
});

for (const [name, leave] of [
  ['Ctrl-C leaves no process and no file behind', ({ child }: Run) => child.kill('SIGINT')],
  ['nor does somebody who stops reading', ({ lines }: Run) => lines.destroy()],
] as const) {
  test(name, { skip }, async (t) => {
    const started = run(t);
    const { child, folder, lines } = started;
    const pids: number[] = [];
    await new Promise<void>((resolve) => {
      createInterface(lines).on('line', (line) => {
        const [, pid] = / is process (\d+),/.exec(line) ?? [];
        if (pid !== undefined) pids.push(Number(pid));
        if (/begins/.test(line)) resolve();
      });
    });
    leave(started);
    assert.deepEqual(await once(child, 'exit'), [1, null]);
    assert.equal(pids.length, 2);
    for (const pid of pids) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    assert.deepEqual(readdirSync(folder), []);
  });
}

test('without redis-server it says what to do', async (t) => {
  const { child, errors } = run(t, { PATH: '/nowhere' });
  const err = text(errors);
  assert.deepEqual(await once(child, 'close'), [1, null]);
  assert.equal(
    await err,
    'This needs the program redis-server, which is not there. On Debian: apt-get install redis-server\n',
  );
});
