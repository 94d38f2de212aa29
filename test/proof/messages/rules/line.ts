/** What a session's line promises: its order, what overtakes nobody, and what take() gives. */
import type { Finding } from '../../rule.ts';
import type { MessageLife, MessageReading, Stay } from '../reading.ts';
import { nameOf, waits } from '../rule.ts';
import type { MessageRule } from '../rule.ts';

export const lineRules: readonly MessageRule[] = [
  { name: 'in order', find: findDisorder },
  { name: 'nothing overtakes', find: findOvertaking },
  { name: 'take takes all that waits', find: findLeftBehind },
  { name: 'a turn that is over takes nothing', find: findLateTakes },
];

/** What a turn starts with is in the order in which it was said, and what it takes in the order of the line. */
function* findDisorder({ events, lifeOf }: MessageReading): Iterable<Finding> {
  for (const [at, event] of events.entries()) {
    if (event.type !== 'started' && event.type !== 'took') continue;
    const isStart = event.type === 'started';
    const entries = (isStart ? event.inputs : event.entries).flatMap((entry) => lifeOf(entry) ?? []);
    for (const [index, life] of entries.entries()) {
      const next = entries[index + 1];
      if (next === undefined || !(isStart ? next.entry < life.entry : isBefore(next, life, at))) continue;
      yield { at, message: `turn ${event.turn} was handed ${nameOf(next)} behind entry ${life.entry}` };
    }
  }
}

/** Who waits at the last moment of rest before a start, and goes on waiting, was not before anybody who starts. */
function* findOvertaking(reading: MessageReading): Iterable<Finding> {
  const { turns, lives, lifeOf, restBefore } = reading;
  for (const { turn, key, inputs, startedAt: at } of turns) {
    const rest = restBefore(at);
    const waiting = lives.filter((life) => life.key === key && waits(life, rest) && surelyWaits(life, at));
    for (const entry of inputs) {
      const life = lifeOf(entry);
      const overtaken = life && waiting.find((other) => !inputs.includes(other.entry) && isBefore(other, life, at));
      if (overtaken !== undefined) yield { at, message: `turn ${turn} has entry ${entry} before ${nameOf(overtaken)}` };
    }
  }
}

function* findLeftBehind({ events, lives, turnOf }: MessageReading): Iterable<Finding> {
  for (const [at, event] of events.entries()) {
    const turn = event.type === 'took' ? turnOf(event.turn) : undefined;
    if (event.type !== 'took' || turn === undefined || at > Math.min(turn.overAt, turn.abortedAt)) continue;
    const left = lives.find((life) => life.key === turn.key && life.calledAt < at && surelyWaits(life, at));
    if (left !== undefined) yield { at, message: `turn ${turn.turn} didn't take ${nameOf(left)}` };
  }
}

function* findLateTakes({ events, turnOf }: MessageReading): Iterable<Finding> {
  for (const [at, event] of events.entries()) {
    const turn = event.type === 'took' ? turnOf(event.turn) : undefined;
    if (event.type !== 'took' || turn === undefined || event.entries.length === 0) continue;
    if (at > Math.min(turn.abortedAt, turn.endedAt)) yield { at, message: `turn ${turn.turn} took after its end` };
  }
}

/** It waits, and neither ends nor starts in the same breath. */
function surelyWaits({ isRefused, leftFrom, stays }: MessageLife, at: number): boolean {
  return !isRefused && leftFrom >= at && !stays.some(({ from, until }) => from <= at && at < until);
}

/**
 * Whether the first is surely before the second in their line: by the time it came and its head start,
 * then by arrival; but what a failed turn had taken stands at the head of those that waited then.
 */
function isBefore(one: MessageLife, other: MessageLife, at: number): boolean {
  const [back, otherBack] = [lastReturn(one, at), lastReturn(other, at)];
  if (back === undefined && otherBack === undefined) return isRankedBefore(one, other);
  if (back === undefined) return false;
  if (otherBack === undefined) return other.calledAt < back.turn.overAt || isRankedBefore(one, other);
  if (back.turn !== otherBack.turn) return false;
  return back.from < otherBack.from || (back.from === otherBack.from && isListedBefore(back, otherBack));
}

function lastReturn({ stays }: MessageLife, at: number): Stay | undefined {
  return stays.findLast(({ turn }) => turn.overAt < at);
}

// Taken at once, they were in some order, which that take has been checked for.
function isListedBefore(one: Stay, other: Stay): boolean {
  return one.order < other.order;
}

function isRankedBefore(one: MessageLife, other: MessageLife): boolean {
  const lead = rankMs(other) - rankMs(one);
  return lead > 0 || (lead === 0 && one.entry < other.entry);
}

function rankMs({ called }: MessageLife): number {
  return called.atMs - called.priority * 1000;
}
