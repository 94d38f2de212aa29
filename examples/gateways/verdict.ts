/** Says whether the gateways did what they promise, from what was seen of them. */
import type { Message } from '../gateway/queue.ts';

/** One thing that was seen, in the order of time. `by` is a gateway, `id` a message. */
export type Happening =
  | { readonly type: 'sent'; readonly message: Message }
  /** A turn has begun with the message, or has come to its end. */
  | { readonly type: 'begins' | 'finished'; readonly id: string; readonly by: string }
  | { readonly type: 'killed'; readonly by: string }
  /** The user was told an answer; `by` is who says that it gave it. */
  | { readonly type: 'told'; readonly id: string; readonly by: string };

/** What went wrong: a sentence for each. */
export function findFaults(happenings: readonly Happening[]): readonly string[] {
  const messages = happenings.flatMap((happening) => (happening.type === 'sent' ? [happening.message] : []));
  const users = new Set(messages.map(({ user }) => user));
  return [...users].flatMap((user) => {
    const own = messages.filter((message) => message.user === user);
    return findMiscounts(own, happenings).concat(findDisorder(user, own, happenings));
  });
}

function findMiscounts(messages: readonly Message[], happenings: readonly Happening[]): readonly string[] {
  return messages.flatMap(({ user, id, text }) => {
    const count = (type: Happening['type']): number =>
      happenings.filter((happening) => happening.type === type && 'id' in happening && happening.id === id).length;
    const faults: string[] = [];
    if (count('told') === 0) faults.push(`${user} was never told the answer to “${text}”`);
    if (count('told') > 1) faults.push(`${user} was told an answer to “${text}” ${count('told')} times`);
    const [told, finished] = (['told', 'finished'] as const).map((type) => byWhom(type, id, happenings));
    if (told !== undefined && told !== finished) {
      faults.push(`“${text}” of ${user} was answered by ${finished}, not ${told}`);
    }
    if (count('finished') > 1) faults.push(`“${text}” of ${user} was answered ${count('finished')} times`);
    return faults;
  });
}

function byWhom(type: 'told' | 'finished', id: string, happenings: readonly Happening[]): string | undefined {
  for (const happening of happenings) if (happening.type === type && happening.id === id) return happening.by;
  return undefined;
}

// Whatever the user's lane did, message by message; what a gateway had begun that was killed since is over.
function findDisorder(user: string, messages: readonly Message[], happenings: readonly Happening[]): readonly string[] {
  const faults: string[] = [];
  const textOf = (id: string): string => messages.find((message) => message.id === id)?.text ?? id;
  const order = messages.map(({ id }) => id);
  const done: string[] = [];
  let running: { readonly id: string; readonly by: string } | undefined;
  for (const happening of happenings) {
    if (happening.type === 'killed' && running?.by === happening.by) running = undefined;
    if (!('id' in happening) || !order.includes(happening.id)) continue;
    const { type, id } = happening;
    if (type === 'begins') {
      if (running !== undefined) {
        faults.push(`${user}: “${textOf(id)}” began while “${textOf(running.id)}” was running`);
      }
      running = happening;
    } else if (type === 'finished') {
      running = undefined;
      const expected = order.find((id) => !done.includes(id));
      if (id !== expected && !done.includes(id)) {
        faults.push(`${user}: “${textOf(id)}” was answered before “${textOf(expected ?? '')}”`);
      }
      done.push(id);
    }
  }
  return faults;
}
