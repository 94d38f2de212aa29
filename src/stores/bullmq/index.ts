/** @tinyclaw/queue/bullmq: sessions that many processes share, on Redis and BullMQ. */
export { bullmq } from './bullmq.ts';
export type { BullmqOptions } from './bullmq.ts';
export type { ConnectionSource } from './connections.ts';
