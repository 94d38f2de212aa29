/** Picks out of a list of events what a test is about. */
import type { QueueEvent } from '#src/index.ts';

/** The events of one type. */
export function ofType<Type extends QueueEvent['type']>(
  events: readonly QueueEvent[],
  type: Type,
): Extract<QueueEvent, { readonly type: Type }>[] {
  return events.filter((event) => event.type === type) as Extract<QueueEvent, { readonly type: Type }>[];
}

/** The life of one entry, each event in a few words. */
export function ofEntry(events: readonly QueueEvent[], id: string): string[] {
  return events.flatMap((event) => ('id' in event && event.id === id ? [describeEvent(event)] : []));
}

function describeEvent(event: QueueEvent): string {
  if (event.type === 'aborted') return `aborted: ${event.code}`;
  if (event.type !== 'settled') return event.type;
  return event.code === undefined ? `settled: ${event.outcome}` : `settled: ${event.outcome}, ${event.code}`;
}
