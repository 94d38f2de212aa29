/** How much waits in a store, in words. */
import { describeCount, formatAge, formatCount } from '../format.ts';

export interface Waiting {
  readonly waiting: number;
  readonly oldestMs: number | undefined;
  readonly delayed: number;
}

/** `2, the oldest for 3.1 s; 1 entry is delayed` */
export function describeWaiting({ waiting, oldestMs, delayed }: Waiting): string {
  const oldest = oldestMs === undefined ? '' : `, the oldest for ${formatAge(Date.now() - oldestMs)}`;
  const later = delayed === 0 ? '' : `; ${describeCount(delayed, 'entry is', 'entries are')} delayed`;
  return `${formatCount(waiting)}${oldest}${later}`;
}
