/** @tinyclaw/queue: one lane per session. */
export { createSessionQueue } from './core/create-session-queue.ts';
export type {
  DroppedMessage,
  MessageOptions,
  MessageQueue,
  MessageQueueOptions,
  MessageTurn,
  Ticket,
  TicketOutcome,
  UnstartedMessage,
} from './core/message-queue.ts';
export type {
  AbortReason,
  Drop,
  DropReason,
  MessagePolicy,
  Plan,
  Policy,
  PolicyView,
  RunningTurn,
  WaitingEntry,
} from './core/policy.ts';
export { QueueError } from './core/queue-error.ts';
export type { QueueErrorCode } from './core/queue-error.ts';
export type { Outcome, QueueEvent } from './core/queue-event.ts';
export type {
  CloseOptions,
  CloseReport,
  EntryOptions,
  QueueControls,
  QueueOptions,
  SessionQueue,
  Task,
  Turn,
  Unstarted,
} from './core/session-queue.ts';
export type {
  Backoff,
  Codec,
  DeadLetter,
  DeadLetters,
  DistributedQueue,
  DistributedQueueOptions,
  DistributedStore,
  DurableMessageOptions,
  DurableQueue,
  DurableQueueOptions,
  MessageSchema,
  Store,
  StoredError,
} from './core/store.ts';
export type { QueueSnapshot, SessionSnapshot, SessionState, TurnSnapshot } from './core/snapshot.ts';
