/** Runs a planned handler inside its turn, and logs what can be seen of it from inside. */
import type { Result } from '../history.ts';
import { resultOfReason } from '../recorder.ts';
import type { MessageEventBody } from './history.ts';
import type { HandlerAct, MessagePlan } from './message-plans.ts';
import type { HandledTurn } from './recorder.ts';

/** What a handler can reach. */
export interface HandlerSurroundings {
  readonly log: (event: MessageEventBody) => void;
  enqueue(plan: MessagePlan): void;
  /** Resolves when the scheduler lets the handler go on. */
  wait(): Promise<void>;
  /** The handler is about to end. */
  end(): void;
}

/** Gives or throws what the plan of the message that carries the turn says, at once where nothing takes time. */
export function runHandler(handled: HandledTurn, around: HandlerSurroundings): unknown {
  const { acts } = handled.turn.input.plan.handler;
  const takesTime = acts.some((act) => act === 'wait' || (typeof act === 'object' && 'receiveMs' in act));
  const run = new HandlerRun(handled, around);
  if (takesTime) return run.takeTime(acts);
  for (const act of acts) void run.act(act);
  return run.finish();
}

class HandlerRun {
  readonly #handled: HandledTurn;
  readonly #around: HandlerSurroundings;

  constructor(handled: HandledTurn, around: HandlerSurroundings) {
    this.#handled = handled;
    this.#around = around;
  }

  async takeTime(acts: readonly HandlerAct[]): Promise<unknown> {
    for (const act of acts) {
      if (this.#givesUp()) break;
      await this.act(act);
    }
    return this.finish();
  }

  /** Only what takes time gives a promise, so that the others happen in the same breath. */
  act(act: HandlerAct): Promise<void> | undefined {
    const { turn, number } = this.#handled;
    const { log } = this.#around;
    if (typeof act === 'object') {
      if ('receiveMs' in act) return this.#receive(act.receiveMs);
      this.#around.enqueue(act.enqueues);
      return undefined;
    }
    switch (act) {
      case 'wait':
        return this.#wait();
      case 'take':
        log({ type: 'took', turn: number, entries: turn.take().map(({ entry }) => entry) });
        return undefined;
      case 'acknowledge':
        log({ type: 'acknowledged', turn: number });
        turn.acknowledge();
        return undefined;
      case 'progress':
        log({ type: 'progressed', turn: number });
        turn.progress();
        return undefined;
      default:
        return act satisfies never;
    }
  }

  finish(): unknown {
    const { number, turn } = this.#handled;
    const { ends } = turn.input.plan.handler;
    const error = new Error(`failure of turn ${number}`);
    const value = `value of turn ${number}`;
    const result: Result = ends === 'value' ? { ok: true, value } : { ok: false, reason: error.message };
    this.#around.end();
    this.#around.log({ type: 'ended', turn: number, result });
    if (ends === 'error') throw error;
    return value;
  }

  #givesUp(): boolean {
    const { turn } = this.#handled;
    return turn.signal.aborted && turn.input.plan.handler.abort === 'obeys';
  }

  async #receive(timeoutMs: number): Promise<void> {
    const { number, turn } = this.#handled;
    this.#around.log({ type: 'receive-called', turn: number, timeoutMs });
    try {
      const answer = await turn.receive(timeoutMs);
      this.#around.log({ type: 'receive-ended', turn: number, ...(answer && { entry: answer.entry }) });
    } catch (error) {
      const result = resultOfReason(error);
      this.#around.log({
        type: 'receive-ended',
        turn: number,
        reason: result.ok ? '' : (result.code ?? result.reason),
      });
    }
  }

  #wait(): Promise<void> {
    const { signal, input } = this.#handled.turn;
    const goesOn = this.#around.wait();
    if (input.plan.handler.abort === 'ignores') return goesOn;
    const aborted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    return Promise.race([goesOn, aborted]);
  }
}
