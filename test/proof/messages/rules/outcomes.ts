/** What a caller is promised: every entry that was taken ends in exactly one outcome, the right one, and is told. */
import type { Finding } from '../../rule.ts';
import { causeOf } from '../causes.ts';
import type { MessageLife, MessageReading } from '../reading.ts';
import type { MessageRule } from '../rule.ts';

export const outcomeRules: readonly MessageRule[] = [
  { name: 'nothing is lost', find: findLost },
  { name: 'settled once', find: findToldTwice },
  { name: 'a ticket tells one story', find: findContradictions },
  { name: 'the right outcome', find: findWrongOutcome },
  { name: 'merged into its own turn', find: findWrongMerges },
  { name: 'one ticket carries the value', find: findWrongValues },
  { name: 'the value of an aborted turn never surfaces', find: findSurfaced },
  { name: 'accepted tells what was taken in', find: findWrongAccepted },
  { name: 'onDrop tells every loss once', find: findWrongDropsTold },
];

/** In the end every ticket has told all it has to tell, and every turn has ended. */
function* findLost({ events, lives, turns }: MessageReading): Iterable<Finding> {
  const at = events.findIndex(({ type }) => type === 'finished');
  if (at === -1) return;
  const accepted = new Set(events.flatMap((event) => (event.type === 'accepted' ? [event.entry] : [])));
  for (const { entry, outcomeAt, settledAt } of lives) {
    if (settledAt === Infinity || outcomeAt === Infinity) yield { at, message: `entry ${entry} never settled` };
    if (!accepted.has(entry)) yield { at, message: `entry ${entry} was never accepted or refused` };
  }
  for (const { turn, endedAt } of turns) if (endedAt === Infinity) yield { at, message: `turn ${turn} never ended` };
}

function* findToldTwice({ events, lifeOf }: MessageReading): Iterable<Finding> {
  for (const [at, event] of events.entries()) {
    const isAgain =
      (event.type === 'settled' && lifeOf(event.entry)?.settledAt !== at) ||
      (event.type === 'outcome' && lifeOf(event.entry)?.outcomeAt !== at);
    if (isAgain) yield { at, message: `entry ${event.entry} was told its end again` };
  }
}

/** The ticket, as a promise, and its outcome say the same. */
function* findContradictions({ lives }: MessageReading): Iterable<Finding> {
  for (const { entry, outcome, settled, outcomeAt: at } of lives) {
    if (outcome === undefined || settled === undefined) continue;
    const code = outcome.type === 'merged' ? 'merged' : outcome.code;
    const isSame = settled.ok
      ? outcome.type === 'done' && outcome.text === settled.value
      : outcome.type !== 'done' && settled.code === code && (code !== undefined || outcome.text === settled.reason);
    if (!isSame) yield { at, message: `entry ${entry}: ${JSON.stringify(outcome)}, ${JSON.stringify(settled)}` };
  }
}

/**
 * Done or failed: as its turn ended, if it carried one to its end. With a code: something in the history
 * justifies it. Dropped means that no turn had it, or had had to put it back.
 */
function* findWrongOutcome(reading: MessageReading): Iterable<Finding> {
  for (const life of reading.lives) {
    const { entry, outcome, outcomeAt: at } = life;
    if (outcome === undefined || outcome.type === 'merged') continue;
    const wrong = outcome.code === undefined ? wrongResult(reading, life) : wrongCode(reading, life);
    if (wrong !== undefined) yield { at, message: `entry ${entry} is ${outcome.type} ${wrong}` };
  }
}

function wrongResult({ turns }: MessageReading, { entry, outcome, toldAt }: MessageLife): string | undefined {
  const turn = turns.find(({ carrier }) => carrier === entry);
  if (turn === undefined) return 'though it carried no turn';
  if (turn.abortedAt < Infinity) return 'though its turn was aborted';
  if (turn.endedAt > toldAt) return 'before its turn had ended';
  const text = turn.result?.ok === true ? turn.result.value : turn.result?.reason;
  const isRight = (outcome?.type === 'done') === turn.result?.ok && outcome?.text === text;
  return isRight ? undefined : `with ${outcome?.text}, though its turn ended with ${text}`;
}

function wrongCode(reading: MessageReading, life: MessageLife): string | undefined {
  const { outcome, stays, toldAt, leftFrom } = life;
  const code = outcome?.code;
  if (code === undefined || !causeOf(reading, life, code)) return `as ${code} without a cause`;
  const inTurn = stays.find(({ from, turn }) => from < toldAt && toldAt <= turn.overAt);
  const isCarrier = inTurn?.turn.carrier === life.entry;
  // A cancel of its session, and a close, hand back what a turn had taken.
  const isHandedBack = inTurn?.as !== 'input' && (code === 'cancelled' || code === 'closed');
  if (outcome?.type === 'dropped' && inTurn !== undefined && !isHandedBack) return `as ${code} though it has run`;
  // A turn may have ended in the same breath, and put it back before.
  const hadTurn = stays.some(({ turn }) => turn.overAt >= leftFrom);
  if (outcome?.type === 'failed' && !hadTurn) return `as ${code} though it had no turn`;
  return isCarrier && inTurn.turn.abortedAt > toldAt ? `as ${code} though its turn wasn't aborted` : undefined;
}

/** The turn that it names had it, and has ended well, or acknowledged it, or had started with it and is over. */
function* findWrongMerges({ lives, lifeOf, quietPoints }: MessageReading): Iterable<Finding> {
  for (const { entry, outcome, outcomeAt: at, stays, toldAt } of lives) {
    if (outcome?.type !== 'merged') continue;
    const stay = stays.findLast(({ from }) => from < toldAt);
    if (stay === undefined || stay.turn.carrier === entry || lifeOf(stay.turn.carrier)?.ticketId !== outcome.into) {
      yield { at, message: `entry ${entry} merged into ${outcome.into}, which wasn't the turn that had it` };
      continue;
    }
    const { turn, as, from } = stay;
    const isOver = turn.overAt < toldAt && (as === 'input' || turn.hasEndedWell);
    // A grace of no time is over only when its timer fires.
    const lastAt = quietPoints.find((quiet) => quiet >= turn.overAt) ?? Infinity;
    const isAcknowledged = turn.acknowledgedAt.some((done) => from < done && done < Math.min(toldAt, lastAt));
    if (!isOver && (!isAcknowledged || as === 'input')) {
      yield { at, message: `entry ${entry} merged though its turn hadn't dealt with it` };
    }
  }
}

function* findWrongValues({ turns, lives, quietPoints }: MessageReading): Iterable<Finding> {
  for (const { turn, hasEndedWell, result, endedAt } of turns) {
    const at = quietPoints.find((quiet) => quiet > endedAt);
    if (!hasEndedWell || result?.ok !== true || at === undefined) continue;
    const carriers = lives.filter(
      ({ settled, settledAt }) => settled?.ok && settled.value === result.value && settledAt < at,
    );
    if (carriers.length === 1) continue;
    yield { at, message: `the value of turn ${turn} went to ${carriers.length} tickets` };
  }
}

function* findSurfaced({ turns, lives }: MessageReading): Iterable<Finding> {
  for (const { turn, abortedAt, endedAt, result } of turns) {
    if (abortedAt > endedAt || !result?.ok) continue;
    for (const { entry, settled, settledAt: at } of lives) {
      if (!settled?.ok || settled.value !== result.value) continue;
      yield { at, message: `entry ${entry} has the value of turn ${turn}` };
    }
  }
}

/** By the quiet point after its call; refused only where it never came to wait, and then for the reason it is told. */
function* findWrongAccepted({ events, lives, quietPoints }: MessageReading): Iterable<Finding> {
  for (const { entry, returnedAt, outcome, stays, isRefused } of lives) {
    const at = events.findIndex((event) => event.type === 'accepted' && event.entry === entry);
    const told = events[at];
    if (told?.type !== 'accepted') continue;
    const quiet = quietPoints.find((index) => index > returnedAt) ?? Infinity;
    if (at > quiet) yield { at, message: `entry ${entry} wasn't accepted at once` };
    if (told.isRefused && (outcome?.type !== 'dropped' || outcome.code !== told.code || stays.length > 0)) {
      yield { at, message: `entry ${entry} was refused as ${told.code}, and ended ${outcome?.type}` };
    }
    if (!told.isRefused && isRefused) yield { at, message: `entry ${entry} was accepted though it was refused` };
  }
}

/** Everything that was taken in and left without having run, and everything that an interrupted turn had started with. */
function* findWrongDropsTold(reading: MessageReading): Iterable<Finding> {
  const { events, lives, quietPoints } = reading;
  for (const life of lives) {
    const { entry, outcomeAt } = life;
    const code = lossOf(reading, life);
    const quiet = quietPoints.find((index) => index > outcomeAt);
    const told = events.filter((event) => event.type === 'drop-told' && event.entry === entry);
    const at = quiet ?? outcomeAt;
    if (told.some((event) => event.type === 'drop-told' && event.code !== code)) {
      yield { at, message: `onDrop was told another reason for entry ${entry}` };
    }
    if (quiet !== undefined && told.length !== (code === undefined ? 0 : 1)) {
      yield { at, message: `onDrop was told of entry ${entry} ${told.length} times` };
    }
  }
}

function lossOf({ lifeOf }: MessageReading, { outcome, isRefused, stays, toldAt }: MessageLife): string | undefined {
  if (isRefused) return undefined;
  if (outcome?.type === 'dropped' || outcome?.code === 'interrupted') return outcome.code;
  const stay = stays.findLast(({ from }) => from < toldAt);
  const carrier = stay?.as === 'input' ? lifeOf(stay.turn.carrier) : undefined;
  // What was cancelled before is no part of the turn any more.
  const isInterrupted = carrier?.outcome?.code === 'interrupted' && carrier.outcome.type === 'failed';
  return isInterrupted && stay !== undefined && stay.turn.abortedAt < toldAt ? 'interrupted' : undefined;
}
