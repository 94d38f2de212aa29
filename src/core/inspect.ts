/** The queue and its sessions as plain data. */
import type { Entry } from './entry.ts';
import type { Session } from './session.ts';
import type { QueueSnapshot, SessionSnapshot, SessionState, TurnSnapshot } from './snapshot.ts';
import type { Turns } from './turns.ts';

export function inspectQueue(turns: Turns): QueueSnapshot {
  const { lanes } = turns;
  return {
    pending: lanes.waiting + lanes.running + lanes.joined,
    waiting: lanes.waiting,
    running: lanes.running,
    stopped: lanes.isStopped,
    paused: lanes.isPaused,
    pausedSessions: [...lanes.pausedKeys],
    sessions: Array.from(lanes.sessions.values(), inspectSession),
  };
}

export function inspectSession(session: Session): SessionSnapshot {
  const { key, first, turn, waiting, turns } = session;
  const nowMs = turns.clock.now();
  return {
    key,
    state: stateOf(session),
    waiting,
    oldestWaitedMs: first === undefined ? 0 : nowMs - first.since.startedMs,
    // An entry whose task was not called yet holds the lane, and has no turn to show.
    ...(turn === undefined || turn.state === 'granted' ? undefined : { turn: inspectTurn(turn, nowMs) }),
  };
}

function stateOf(session: Session): SessionState {
  const { turn, turns } = session;
  if (turn?.state === 'running' || turn?.state === 'aborting') return turn.state;
  if (turn?.state === 'committing') return 'running';
  if (turn !== undefined) return 'ready';
  if (turns.lanes.heldKeys.has(session.key)) return 'held';
  if (turns.lanes.isPausedFor(session)) return 'paused';
  return session.planning?.choice?.length === 0 ? 'held' : 'ready';
}

function inspectTurn(turn: Entry, nowMs: number): TurnSnapshot {
  const { extras } = turn;
  return {
    id: turn.id,
    epoch: turn.epoch,
    ranMs: nowMs - turn.since.startedMs,
    awaits: Array.from(extras?.awaited ?? [], (entry) => entry.session.key),
    ...(turn.state === 'aborting' ? { abortedMs: nowMs - (extras?.abortedMs ?? nowMs) } : undefined),
  };
}
