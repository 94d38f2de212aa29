/** A ticket for arguments that can't be taken: it rejects, and nothing is thrown or taken in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Ticket } from '#src/index.ts';

import { wrong } from '../core/stage.ts';
import { Stage } from './stage.ts';

const misuses: readonly {
  readonly what: string;
  readonly enqueue: (stage: Stage) => Ticket<string>;
  readonly error: { readonly name: string; readonly message: RegExp };
}[] = [
  {
    what: 'a number for a key',
    enqueue: ({ queue }) => queue.enqueue(wrong(5), 'a'),
    error: { name: 'TypeError', message: /the session key is 5; expected a string/ },
  },
  {
    what: 'a symbol for a key',
    enqueue: ({ queue }) => queue.enqueue(wrong(Symbol('ada')), 'a'),
    error: { name: 'TypeError', message: /expected a string/ },
  },
  {
    what: 'a number for an id',
    enqueue: ({ queue }) => queue.enqueue('ada', 'a', { id: wrong(7) }),
    error: { name: 'RangeError', message: /id is 7; expected a string/ },
  },
  {
    what: 'null for options',
    enqueue: ({ queue }) => queue.enqueue('ada', 'a', wrong(null)),
    error: { name: 'TypeError', message: /expected an object/ },
  },
  {
    what: 'an option that there is not',
    enqueue: ({ queue }) => queue.enqueue('ada', 'a', wrong({ ttl: 5 })),
    error: { name: 'TypeError', message: /there is no option "ttl"/ },
  },
  {
    what: 'an option that throws when it is read',
    enqueue: ({ queue }) =>
      queue.enqueue('ada', 'a', {
        get id(): string {
          throw new Error('on purpose');
        },
      }),
    error: { name: 'Error', message: /on purpose/ },
  },
];

for (const { what, enqueue, error } of misuses) {
  test(`gives a ticket that rejects for ${what}, and takes nothing in`, async () => {
    const stage = new Stage();
    const ticket = enqueue(stage);
    assert.equal(stage.queue.pending(), 0);
    await assert.rejects(ticket, error);
    assert.equal(ticket.cancel(), false);
    assert.equal(typeof ticket.id, 'string');
    stage.assertIdle();
  });
}
