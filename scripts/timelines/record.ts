/** Runs a scenario on the real queue, with a clock that the scenario moves, and keeps what happened to each message. */
import { createQueueWithClock } from '#src/core/create-session-queue.ts';
import type { MessageTurn } from '#src/core/message-queue.ts';
import type { Outcome, QueueEvent } from '#src/core/queue-event.ts';

import { FakeClock } from '../../test/core/fake-clock.ts';
import type { Arrival, Scenario } from './scenario.ts';

/** What happened to one message. Times are in ms since the scenario began. */
export interface Life {
  readonly id: string;
  readonly arrival: Arrival;
  enqueuedMs: number;
  startedMs?: number;
  abortedMs?: number;
  endedMs?: number;
  settledMs?: number;
  outcome?: Outcome;
  code?: string;
  /** The id of the message whose turn has dealt with it. */
  into?: string;
}

/** Gives the lives of all messages, in the order of their arrival. */
export async function record({ policy, arrivals, spanMs }: Scenario): Promise<readonly Life[]> {
  const clock = new FakeClock();
  const queue = createQueueWithClock({ run: (turn: MessageTurn<Arrival>) => work(turn, clock), policy }, clock);
  const beganMs = clock.wall();
  const lives = new Map<string, Life>();
  queue.subscribe((event) => {
    const life = 'id' in event ? lives.get(event.id) : undefined;
    if (life !== undefined) note(life, event, event.atMs - beganMs);
  });
  for (const arrival of arrivals) {
    await clock.elapse(beganMs + arrival.atMs - clock.wall());
    const { key = 'ada', priority = 0 } = arrival;
    const id = String(lives.size + 1);
    lives.set(id, { id, arrival, enqueuedMs: arrival.atMs });
    void queue.enqueue(key, arrival, { id, priority }).outcome;
  }
  await clock.elapse(beganMs + spanMs - clock.wall());
  if (queue.pending() > 0) throw new Error(`${policy.name}: the picture ends before its messages do`);
  return [...lives.values()];
}

function work({ input, signal }: MessageTurn<Arrival>, clock: FakeClock): Promise<void> {
  return new Promise((resolve) => {
    const end = clock.setTimer(resolve, input.workMs);
    signal.addEventListener('abort', () => {
      end.clear();
      clock.setTimer(resolve, input.cleanUpMs ?? 0);
    });
  });
}

function note(life: Life, event: QueueEvent, atMs: number): void {
  if (event.type === 'enqueued') life.enqueuedMs = atMs;
  if (event.type === 'started') life.startedMs = atMs;
  if (event.type === 'aborted') life.abortedMs = atMs;
  if (event.type === 'ended') life.endedMs = atMs;
  if (event.type !== 'settled') return;
  life.settledMs = atMs;
  life.outcome = event.outcome;
  if (event.code !== undefined) life.code = event.code;
  if (event.into !== undefined) life.into = event.into;
}
