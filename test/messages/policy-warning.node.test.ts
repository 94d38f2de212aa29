/** Where nobody listens, a policy that fails is a warning of the process: once for each queue. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { MessageTurn } from '#src/index.ts';

import { runAlone } from '../core/run-alone.ts';

test('warns once about a policy that fails, and not at all where somebody listens', async () => {
  const { result } = await runAlone(async ({ createSessionQueue, settle }) => {
    const warnings: string[] = [];
    process.removeAllListeners('warning');
    process.on('warning', ({ name, message }) => warnings.push(`${name}: ${message}`));
    const options = {
      run: ({ input }: MessageTurn<string>) => input,
      policy: function broken(): undefined {
        throw new Error('on purpose');
      },
    };
    const queue = createSessionQueue(options);
    await Promise.all(['ada', 'bob'].map((key) => queue.enqueue(key, 'a')));
    await queue.enqueue('ada', 'again');
    const listened = createSessionQueue(options);
    listened.subscribe(() => undefined);
    await listened.enqueue('ada', 'a');
    await settle();
    return warnings;
  });
  assert.deepEqual(result, ['PolicyFailure: The policy broken threw an error.']);
});
