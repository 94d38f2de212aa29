/** What a broken queue is: the reference queue with one defect, and the rule by which that must show. */
import type { QueueFactory } from '../run-program.ts';

export interface BrokenQueue {
  /** What is wrong with it, in words that follow "a queue that". */
  readonly defect: string;
  /** The name of the rule that it breaks. */
  readonly breaks: string;
  readonly make: QueueFactory;
}
