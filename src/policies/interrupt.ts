/** Only the newest counts, and a turn that runs makes way for it. */
import type { Plan, PolicyView } from '../core/policy.ts';
import { latest } from './latest.ts';

/**
 * Aborts the running turn for a newer entry: its caller is told `interrupted` at once, and its
 * signal aborts. The newer entry starts when the old turn has really ended, because two turns of a
 * session never overlap; of several that wait only the newest stays, as with `latest`.
 *
 * @example
 * const queue = createSessionQueue({ policy: interrupt });
 * let start = (): void => {};
 * const started = new Promise<void>((resolve) => (start = resolve));
 * const old = queue.enqueue('ada', async (turn) => {
 *   start();
 *   await new Promise((resolve) => turn.signal.addEventListener('abort', resolve));
 * });
 * await started;
 * const newer = queue.enqueue('ada', () => 'newer');
 * await assert.rejects(old, { code: 'interrupted' });
 * assert.equal(await newer, 'newer');
 */
export function interrupt(view: PolicyView): Plan | undefined {
  const { waiting, running } = view;
  const plan = latest(view);
  if (waiting.length === 0 || running === undefined || running.isAborting) return plan;
  return { ...plan, abort: 'interrupted' };
}
