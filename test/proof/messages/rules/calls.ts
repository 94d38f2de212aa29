/** What `receive` and the ways to take entries back promise. */
import type { Finding } from '../../rule.ts';
import type { MessageReading } from '../reading.ts';
import { nameOf, waits } from '../rule.ts';
import type { MessageRule } from '../rule.ts';

export const callRules: readonly MessageRule[] = [
  { name: 'receive gives the first that comes after the call', find: findWrongAnswers },
  { name: 'receive waits as long as asked', find: findImpatience },
  { name: 'cancel takes all that waits', find: findWrongCancel },
  { name: 'a ticket takes back what it says', find: findWrongTicketCancel },
  { name: 'close hands back who waited', find: findWrongClose },
];

function* findWrongAnswers({ turns, lives, lifeOf }: MessageReading): Iterable<Finding> {
  for (const turn of turns) {
    for (const { from, until: at, entry, reason } of turn.receives) {
      if (at === Infinity || reason !== undefined) continue;
      const life = entry === undefined ? undefined : lifeOf(entry);
      if (entry !== undefined && (life === undefined || life.calledAt < from || life.key !== turn.key)) {
        yield { at, message: `turn ${turn.turn} was answered by entry ${entry}, which came before the question` };
      }
      const first = lives.find(({ stays }) =>
        stays.some((stay) => stay.turn === turn && stay.as === 'answer' && stay.from > from && stay.from < at),
      );
      if (first?.entry === entry || turn.abortedAt < at) continue;
      yield { at, message: `turn ${turn.turn} was answered by ${entry} instead of ${first?.entry}` };
    }
  }
}

function* findImpatience({ turns }: MessageReading): Iterable<Finding> {
  for (const { turn, receives, abortedAt } of turns) {
    for (const { until: at, dueAt, entry, reason } of receives) {
      if (at === Infinity || entry !== undefined || abortedAt < at) continue;
      if (reason === undefined && at >= dueAt) continue;
      yield { at, message: `turn ${turn} waited no longer: ${reason ?? 'early'}` };
    }
  }
}

/** Everything that waited leaves in one step and is handed back, in the order of the line. */
function* findWrongCancel({ events, lives, lifeOf, restBefore }: MessageReading): Iterable<Finding> {
  for (const [at, event] of events.entries()) {
    if (event.type !== 'cancel-returned') continue;
    const calledAt = at - 1;
    const rest = restBefore(calledAt);
    // What a turn lost in this breath may go back to its line a little later.
    const missing = lives.find(
      (life) =>
        life.key === event.key &&
        life.returnedAt < calledAt &&
        life.leftFrom >= at &&
        waits(life, at) &&
        life.stays.every(({ turn }) => turn.overAt < rest),
    );
    if (missing !== undefined) yield { at, message: `cancel left ${nameOf(missing)}` };
    for (const entry of event.entries) {
      const life = lifeOf(entry);
      const isDropped =
        life?.outcome?.type === 'dropped' && life.outcome.code === 'cancelled' && life.toldAt > calledAt;
      if (!isDropped || life.key !== event.key) yield { at, message: `cancel handed back entry ${entry}` };
    }
  }
}

function* findWrongTicketCancel({ events, lifeOf }: MessageReading): Iterable<Finding> {
  for (const [at, event] of events.entries()) {
    const life = event.type === 'ticket-cancelled' ? lifeOf(event.entry) : undefined;
    if (event.type !== 'ticket-cancelled' || life === undefined) continue;
    const isCancelled = life.toldAt > at && life.outcome?.code === 'cancelled';
    if (event.did && !isCancelled) yield { at, message: `${nameOf(life)} was not cancelled` };
    if (event.did || life.isRefused || life.leftFrom < at) continue;
    yield { at, message: `${nameOf(life)} could be cancelled` };
  }
}

/** In the order in which they came, and in the end of a close nothing waits. */
function* findWrongClose({ events, lives }: MessageReading): Iterable<Finding> {
  const at = events.findIndex(({ type }) => type === 'close-resolved');
  const event = events[at];
  if (event?.type === 'close-resolved') {
    const closed = lives.filter(({ outcome }) => outcome?.type === 'dropped' && outcome.code === 'closed');
    if (closed.map(({ entry }) => entry).join() !== event.unstarted.join()) {
      yield { at, message: `close handed back [${event.unstarted.join()}]` };
    }
    const left = lives.find((life) => waits(life, at) && life.leftFrom >= at);
    if (left !== undefined) yield { at, message: `${nameOf(left)} waits in a closed queue` };
  }
  const isPending = at === -1 && events.some(({ type }) => type === 'close-called');
  if (isPending) yield { at: events.length - 1, message: 'close never resolved' };
}
