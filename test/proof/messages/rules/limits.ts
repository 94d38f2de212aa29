/** What time limits promise: by the next quiet point nothing goes on that is over its limit. */
import type { Finding } from '../../rule.ts';
import { lastProgressMs } from '../causes.ts';
import type { MessageReading } from '../reading.ts';
import { nameOf, readStandings } from '../rule.ts';
import type { MessageRule } from '../rule.ts';

export const limitRules: readonly MessageRule[] = [
  { name: 'nothing waits longer than its time to live', find: findOverdue },
  { name: 'no turn runs longer than its limit', find: findLong },
  { name: 'no turn idles longer than its limit', find: findIdle },
];

function* findOverdue(reading: MessageReading): Iterable<Finding> {
  for (const { at, atMs, waiting } of readStandings(reading)) {
    const overdue = waiting.find(({ called }) => atMs >= called.atMs + (called.ttlMs ?? Infinity));
    if (overdue !== undefined) yield { at, message: `${nameOf(overdue)} still waits` };
  }
}

function* findLong(reading: MessageReading): Iterable<Finding> {
  for (const { at, atMs, holder } of readStandings(reading)) {
    if (holder === undefined || holder.abortedAt < at) continue;
    const limitMs = reading.lifeOf(holder.carrier)?.called.timeoutMs ?? reading.history.settings.timeoutMs ?? Infinity;
    if (atMs >= holder.startedMs + limitMs) yield { at, message: `turn ${holder.turn} runs since ${holder.startedMs}` };
  }
}

function* findIdle(reading: MessageReading): Iterable<Finding> {
  const { idleTimeoutMs = Infinity } = reading.history.settings;
  for (const { at, atMs, holder } of readStandings(reading)) {
    if (holder === undefined || holder.abortedAt < at) continue;
    const sinceMs = lastProgressMs(reading.events, holder, at);
    if (atMs >= sinceMs + idleTimeoutMs) yield { at, message: `turn ${holder.turn} idles since ${sinceMs}` };
  }
}
