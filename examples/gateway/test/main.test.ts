/** The gateway as a process of its own: how it starts, and how it ends on a signal. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

import { readEvents } from './read-events.ts';

const mainFile = fileURLToPath(new URL('../main.ts', import.meta.url));

function run(t: TestContext, ...words: readonly string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [mainFile, ...words]);
  t.after(() => child.kill('SIGKILL'));
  return child;
}

test('SIGTERM lets what is being answered end, tells the page, and ends the process', async (t) => {
  const child = run(t, '--port', '0');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const url = String((await lines.next()).value).replace('The gateway is at ', '');
  const events = await readEvents(url);
  const headers = { 'content-type': 'application/json' };
  await fetch(`${url}messages`, { method: 'POST', headers, body: '{"user":"Ada","text":"hello"}' });
  await events.until(({ type }) => type === 'word');
  child.kill('SIGTERM');
  await events.until((told) => told.type === 'card' && told.card.state === 'done');
  await events.end();
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('a port that is none is told with what was expected', async (t) => {
  const child = run(t, '--port', 'x');
  assert.equal(await text(child.stderr), '--port is "x"; expected a number from 0 to 65535\n');
  assert.deepEqual(await once(child, 'close'), [1, null]);
});
