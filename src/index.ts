/** @tinyclaw/queue: one lane per session. */
export { createSessionQueue } from './core/create-session-queue.ts';
export { QueueError } from './core/queue-error.ts';
export type { QueueErrorCode } from './core/queue-error.ts';
export type { Outcome, QueueEvent } from './core/queue-event.ts';
export type {
  CloseOptions,
  CloseReport,
  EntryOptions,
  QueueOptions,
  SessionQueue,
  Task,
  Turn,
  Unstarted,
} from './core/session-queue.ts';
export type { QueueSnapshot, SessionSnapshot, SessionState, TurnSnapshot } from './core/snapshot.ts';
