/** How a queue of this store is called in Redis. */

/** What BullMQ calls the queue: in braces, so that all its keys are in one slot of a cluster. */
export function queueNameOf(prefix: string, name: string): string {
  return /\{.*\}/.test(prefix + name) ? name : `{${name}}`;
}

/** What all keys of the queue begin with. */
export function baseOf(prefix: string, name: string): string {
  return `${prefix}:${queueNameOf(prefix, name)}:`;
}
