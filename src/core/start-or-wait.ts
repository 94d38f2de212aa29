/** How the promise that a caller gets comes to follow its entry. */
import type { Entry } from './entry.ts';

/**
 * The promise is derived here, in `enqueue`, because that is what makes the task run in the async
 * context of its own call: behind a gate while the entry waits, or at the next microtask when it
 * has the lane already.
 */
export function startOrWait(entry: Entry, now: Promise<void>, PromiseKind: PromiseConstructor): Promise<unknown> {
  const { turns } = entry.session;
  if (entry.state === 'granted') {
    turns.willStart(entry);
    return now.then(turns.beginStarting);
  }
  return turns.waitFor(entry, PromiseKind);
}
