/** The benchmark's checks of its competitors: each fault, planted in an otherwise right queue, is found and named. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { planted } from './planted.ts';

// Most of a check's time is waiting for the event loop to fall quiet, which many can do at once.
describe('a competitor is caught that', { concurrency: 8 }, () => {
  for (const [number, { does, fault }] of planted.entries()) {
    it(`${does}: ${fault}`, async () => {
      const found = await check(String(number));
      assert.ok(found.includes(fault), `found: ${found.join(', ') || 'nothing'}`);
    });
  }
});

describe('@tinyclaw/queue', () => {
  it('does nothing wrong', async () => {
    assert.deepEqual(await check(), []);
  });
});

async function check(...args: readonly string[]): Promise<readonly string[]> {
  const program = fileURLToPath(new URL('check-planted.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args]);
  // The other side is check-planted.ts, which writes the names of faults.
  return JSON.parse(stdout) as readonly string[];
}
