/**
 * Lets a policy decide what sessions do. A session is touched by everything that happens to it; in
 * a microtask of its own, never inside the call that touched it, the policy is asked about each
 * touched session, and its plan is carried out.
 *
 * It is level-triggered: asked twice about the same state a policy gives the same plan, and what
 * that says has then been done already.
 */
import type { Timer } from './clock.ts';
import type { Entry } from './entry.ts';
import { startTogether } from './members.ts';
import { askPolicy, PolicyFailure } from './plan-check.ts';
import type { Plan, Policy } from './policy.ts';
import { abortedError, droppedError } from './policy-errors.ts';
import { RecentStarts } from './recent-starts.ts';
import type { Session } from './session.ts';
import type { Turns } from './turns.ts';
import { entryOf, viewOf } from './view.ts';
import { warn } from './warn.ts';

/** What the planner knows of one session. */
export class Planning {
  /** Whether its policy has failed, and isn't asked any more. */
  isFirstInFirstOut = false;
  firstArrivalMs: number | undefined;
  lastArrivalMs = 0;
  wakeUp: Timer | undefined;
  /** Whom the policy wants to start; undefined leaves it to the line. */
  choice: readonly Entry[] | undefined;
}

export class Planner {
  readonly #turns: Turns;
  readonly #policy: Policy;
  readonly #starts: RecentStarts;
  readonly #touched: Set<Session> = new Set();
  readonly #onLooked: (() => void)[] = [];
  /** The session whose plan is being carried out: what that does to it needs no second look. */
  #current: Session | undefined;
  #wake: (() => void) | undefined;
  #hasWarned = false;

  constructor(turns: Turns, policy: Policy) {
    this.#turns = turns;
    this.#policy = policy;
    this.#starts = new RecentStarts(policy.remembers);
    void this.#work();
  }

  /** Something has happened to the session. */
  touch(session: Session): void {
    if (session === this.#current) return;
    this.#touched.add(session);
    this.#wake?.();
  }

  /** The session is idle. */
  forget(session: Session): void {
    session.planning?.wakeUp?.clear();
    this.#touched.delete(session);
  }

  /** Whether a session that waits will go on with nothing else happening. */
  isAwake(session: Session): boolean {
    // One that is just being looked at has been untouched for it.
    const isLookedAt = session === this.#current || this.#touched.has(session);
    return isLookedAt || session.isReady || session.planning?.wakeUp !== undefined;
  }

  /** Gives the lane, which is free, to whom the policy chose. Says whether they are still there; otherwise it will be asked again. */
  grant(session: Session): boolean {
    const { first, planning } = session;
    if (first === undefined) return false;
    const chosen = planning?.choice?.filter(({ state }) => state === 'waiting') ?? [first];
    // Whoever was chosen may have left while there was no slot.
    if (chosen.length === 0) this.touch(session);
    else startTogether(chosen);
    return chosen.length > 0;
  }

  /** A turn of the session has started. */
  noteStart({ session, since }: Entry): void {
    this.#starts.note(session.key, since.startedMs);
    if (session.planning !== undefined) session.planning.firstArrivalMs = undefined;
    // What is right for those that are left may be another thing behind a turn.
    if (session.first !== undefined) this.touch(session);
  }

  /** Resolves when every session that is touched now has been looked at. */
  whenLooked(): Promise<void> {
    return new Promise((resolve) => this.#onLooked.push(resolve));
  }

  // One loop for the queue's life: what follows an await runs in the async context of its start, so
  // no caller's context gets into a policy.
  async #work(): Promise<void> {
    for (;;) {
      if (this.#touched.size === 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      // A session that is touched meanwhile comes again, at the end.
      for (const session of this.#touched) {
        this.#touched.delete(session);
        this.#look(session);
      }
      for (const resolve of this.#onLooked.splice(0)) resolve();
      // That may have been all that could go on. Where nothing waits, whoever left last has said so.
      if (this.#turns.lanes.waiting > 0) this.#turns.noteQuiet();
    }
  }

  #look(session: Session): void {
    const planning = (session.planning ??= new Planning());
    planning.wakeUp?.clear();
    planning.wakeUp = undefined;
    const { view, fresh } = viewOf(session, planning, this.#turns.clock.now(), this.#starts);
    const plan = planning.isFirstInFirstOut ? {} : this.#ask(session, planning, view);
    this.#current = session;
    let hasDropped = false;
    for (const { entry: seen, reason } of plan.drop ?? []) {
      const entry = entryOf(seen);
      // A policy that isn't pure may have cancelled it itself.
      if (entry?.state !== 'waiting') continue;
      hasDropped = true;
      // An answer that comes back from its turn is seen for the first time, too.
      entry.more().isRefused = fresh.has(entry) && entry.extras?.carrier === undefined;
      this.#turns.drop(entry, droppedError(entry, this.#policy, reason));
    }
    planning.choice = plan.start?.flatMap((seen) => entryOf(seen) ?? []);
    if (session.turn === undefined && session.first !== undefined) {
      if (planning.choice?.length === 0) this.#turns.lanes.withhold(session);
      else this.#turns.lanes.offer(session);
    }
    this.#current = undefined;
    // What it dropped may have hidden from a part of it what is left.
    if (hasDropped && session.first !== undefined) this.touch(session);
    if (
      plan.wakeMs !== undefined &&
      plan.wakeMs < Infinity &&
      this.#turns.lanes.sessions.get(session.key) === session
    ) {
      const wakeUp = (): void => {
        planning.wakeUp = undefined;
        this.touch(session);
      };
      planning.wakeUp = this.#turns.clock.setTimer(wakeUp, plan.wakeMs - view.nowMs);
    }
    if (plan.abort !== undefined) this.#abort(session, plan.abort);
  }

  #ask(session: Session, planning: Planning, view: Parameters<Policy>[0]): Plan {
    try {
      const plan = askPolicy(this.#policy, view);
      if (!this.#turns.canShareTurns && plan.start !== undefined && plan.start.length > 1) {
        throw new PolicyFailure(this.#policy.name, 'starts several tasks in one turn, which only messages can share');
      }
      return plan;
    } catch (error) {
      if (!(error instanceof PolicyFailure)) throw error;
      planning.isFirstInFirstOut = true;
      const { feed, clock } = this.#turns;
      const { key } = session;
      feed?.tell({ type: 'policy-failed', key, policy: error.policyName, error, atMs: clock.wall() });
      if (feed === undefined && !this.#hasWarned) {
        this.#hasWarned = true;
        warn(error);
      }
      return {};
    }
  }

  // The task's own listeners run in here, so it comes last.
  #abort({ turn }: Session, reason: NonNullable<Plan['abort']>): void {
    if (turn === undefined) return;
    const error = abortedError(turn, this.#policy, reason);
    if (turn.state === 'granted') this.#turns.drop(turn, error);
    else this.#turns.abort(turn, error);
  }
}
