/** What both kinds of handler, a module and a command, are to the run. */
import type { Task } from '../../core/session-queue.ts';
import type { KeyedLine } from './keyed-line.ts';

/**
 * Makes the task that runs in the turn of a line. Many lines wait at once, so the task keeps of its
 * line only what it will need.
 */
export type Handler = (line: KeyedLine) => Task<unknown>;
