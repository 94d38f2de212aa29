/** @tinyclaw/queue/policies: what a busy session does. */
export { cap } from './cap.ts';
export { collect } from './collect.ts';
export { debounce } from './debounce.ts';
export { fifo } from './fifo.ts';
export { interrupt } from './interrupt.ts';
export { latest } from './latest.ts';
export { pipe } from './pipe.ts';
export { rateLimit } from './rate-limit.ts';
export { reject } from './reject.ts';
export { ttl } from './ttl.ts';
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
} from '../core/policy.ts';
