/**
 * Drives a queue of messages through a program and gives its history. In the end it resumes what is
 * paused, lets every handler go on and every window end, so that whatever is still left was lost.
 */
import type { MessageOptions } from '#src/index.ts';
import { FakeClock } from '../fake-clock.ts';
import { Passage } from '../passage.ts';
import type { TaskScheduler } from '../run-program.ts';
import type { MessageHistory } from './history.ts';
import { messageKeys } from './focus.ts';
import type { MessagePlan } from './message-plans.ts';
import type { MessageAct, MessageProgram, MessageStep } from './programs.ts';
import { MessageRecorder } from './recorder.ts';
import type { HandledTurn, MessageQueueFactory } from './recorder.ts';
import { runHandler } from './run-handler.ts';

export async function runMessageProgram(
  make: MessageQueueFactory,
  program: MessageProgram,
  scheduler: TaskScheduler,
): Promise<MessageHistory> {
  const run = new MessageProgramRun(make, program, scheduler);
  for (const step of program.steps) {
    const interval = run.take(step);
    if (interval !== undefined) await interval;
  }
  await run.finish();
  return run.recorder.history;
}

// Enough for every program that ends; a queue that runs things again and again is stopped there.
const mostRounds = 40;
// Longer than every time limit in a program but one: a close waits 5,000 ms for a turn that overstays.
const longestMs = 300;
const sharedSignal = 0;

class MessageProgramRun {
  readonly recorder: MessageRecorder;
  readonly #clock = new FakeClock();
  readonly #scheduler: TaskScheduler;
  readonly #controllers = [new AbortController()];
  readonly #running = new Map<number, HandledTurn>();
  readonly #onDrop: MessagePlan[];
  readonly #paused = new Set<string | undefined>();
  readonly #passage: Passage;

  constructor(make: MessageQueueFactory, program: MessageProgram, scheduler: TaskScheduler) {
    this.#scheduler = scheduler;
    this.#onDrop = [...program.onDrop];
    this.recorder = new MessageRecorder(make, program, this.#clock, {
      handle: (turn) => this.#handle(turn),
      dropped: () => this.#react(),
    });
    const { events } = this.recorder.history;
    this.#passage = new Passage(this.#clock, {
      count: () => events.length,
      moving: () => this.recorder.log({ type: 'clock-moving' }),
      moved: () => this.recorder.log({ type: 'clock-moved' }),
      quiet: () => this.#noteQuiet(),
    });
  }

  /** Takes a step. Acts give no promise, so that what follows them happens in the same breath. */
  take(step: MessageStep): Promise<void> | undefined {
    switch (step.do) {
      case 'microtask':
        return Promise.resolve();
      case 'settle':
        return this.#passage.settle();
      case 'wait':
        return this.#passage.wait(step.ms, step.how);
      default:
        this.#act(step);
        return undefined;
    }
  }

  async finish(): Promise<void> {
    for (const key of this.#paused) this.recorder.resume(key);
    await this.#letAllGoOn();
    // What is left now may wait for an answer that nobody will give, and so may what its loss makes come.
    for (let round = 0; round < 4 && this.recorder.sessions.length > 0; round += 1) {
      for (const key of this.recorder.sessions) this.recorder.cancel(key);
      await this.#letAllGoOn();
    }
    this.recorder.log({ type: 'finished', sessions: this.recorder.sessions, timers: this.#clock.timers });
  }

  async #letAllGoOn(): Promise<void> {
    await this.#passage.settle();
    for (let round = 0; round < mostRounds; round += 1) {
      if (this.#scheduler.count() > 0) {
        while (this.#scheduler.count() > 0) this.#letOneGoOn();
        await this.#passage.settle();
      } else if (this.#clock.timers > 0 && this.recorder.sessions.length > 0) {
        await this.#passage.wait(Math.max(longestMs, this.#clock.nextDueMs - this.#clock.now()), 'walk');
        await this.#passage.settle();
      } else return;
    }
  }

  #act(act: MessageAct): void {
    switch (act.do) {
      case 'enqueue':
        this.#enqueue(act.message);
        break;
      case 'abort':
        this.#abort(act.nth);
        break;
      case 'cancel ticket':
        this.recorder.cancelTicket(act.nth);
        break;
      case 'cancel':
        this.recorder.cancel(act.key);
        break;
      case 'probe':
      case 'resume':
        this.recorder[act.do](act.key);
        break;
      case 'pause':
        this.recorder.pause(act.key);
        this.#paused.add(act.key);
        break;
      case 'stop':
        this.recorder.stop();
        break;
      case 'drained':
        void this.recorder.drained();
        break;
      case 'close':
        void this.recorder.close(act.drainMs);
        break;
      case 'progress':
        this.#progress(act.nth);
        break;
      case 'let one go on':
        this.#letOneGoOn();
        break;
      default:
        act satisfies never;
    }
  }

  #handle(handled: HandledTurn): unknown {
    this.#running.set(handled.number, handled);
    return runHandler(handled, {
      log: (event) => this.recorder.log(event),
      wait: () => this.#scheduler.schedule(Promise.resolve(), `turn ${handled.number}`),
      enqueue: (plan) => this.#enqueue(plan, handled.number),
      end: () => this.#running.delete(handled.number),
    });
  }

  #react(): void {
    const plan = this.#onDrop.shift();
    if (plan !== undefined) this.#enqueue(plan);
  }

  #enqueue(plan: MessagePlan, by?: number): void {
    const { id, priority, timeoutMs, ttlMs, signal } = plan;
    const options: MessageOptions = { id, priority, timeoutMs, ttlMs };
    if (signal === 'none') {
      this.recorder.enqueue(plan, options, undefined, by);
      return;
    }
    const number = signal === 'shared' ? sharedSignal : this.#controllers.length;
    const controller = this.#controllers[number] ?? new AbortController();
    this.#controllers[number] = controller;
    if (signal === 'aborted') this.recorder.abort(number, controller);
    this.recorder.enqueue(plan, { ...options, signal: controller.signal }, number, by);
  }

  #abort(nth: number): void {
    const number = nth % this.#controllers.length;
    const controller = this.#controllers[number];
    if (controller !== undefined && !controller.signal.aborted) this.recorder.abort(number, controller);
  }

  #progress(nth: number): void {
    const running = [...this.#running.values()];
    const handled = running[nth % running.length];
    if (handled === undefined) return;
    this.recorder.log({ type: 'progressed', turn: handled.number });
    handled.turn.progress();
  }

  #letOneGoOn(): void {
    if (this.#scheduler.count() > 0) void this.#scheduler.waitOne();
  }

  #noteQuiet(): void {
    this.recorder.log({ type: 'quiet', sessions: this.recorder.sessions });
    for (const key of [...messageKeys, undefined]) this.recorder.probe(key);
  }
}
