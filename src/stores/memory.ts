/** The store that is none: entries live as long as the process. For tests, and to try out what a store adds. */
import type { Store } from '../core/store.ts';
import { DurableQueue } from './durable-queue.ts';
import { MemoryContents, MemoryJournal } from './memory-journal.ts';

/**
 * Keeps entries in memory, with everything that a store gives: attempts, delays, dead letters, tickets by id. What is in it is
 * handed to the next queue that is made with the same store, as after a restart; it is lost with the process.
 *
 * @example
 * const queue = createSessionQueue({ run: (turn: MessageTurn<string>) => turn.input, store: memory() });
 * void queue.enqueue('ada', 'hello', { id: 'update 7' });
 * assert.equal(await queue.ticket('ada', 'update 7'), 'hello');
 */
export function memory(): Store {
  const contents = new MemoryContents();
  return {
    name: 'memory',
    makeQueue: (options, clock) => {
      const { rememberMs, rememberMax } = options;
      const journal = new MemoryJournal(contents, clock, rememberMs, rememberMax);
      try {
        return new DurableQueue(options, journal, clock);
      } catch (error) {
        // Options that make no sense: the next queue may have it.
        journal.close();
        throw error;
      }
    },
  };
}
