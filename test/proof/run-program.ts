/**
 * Drives a queue through a program and gives its history. In the end it resumes what is paused and
 * lets every task go on, so that whatever is still left then was lost.
 */
import type { EntryOptions, QueueOptions } from '#src/index.ts';
import { FakeClock } from './fake-clock.ts';
import type { History } from './history.ts';
import { Passage } from './passage.ts';
import { keys } from './programs.ts';
import type { Act, EntryPlan, Program, Step } from './programs.ts';
import { Recorder } from './recorder.ts';
import type { Order, QueueUnderProof, RecordedTurn } from './recorder.ts';
import { runTask } from './run-task.ts';

/** Makes the queue that is to be proved. */
export type QueueFactory = (options: QueueOptions, clock: FakeClock) => QueueUnderProof;

/** Decides which task goes on next; the part of fast-check's scheduler that is used here. */
export interface TaskScheduler {
  schedule(task: Promise<void>, label: string): Promise<void>;
  count(): number;
  /** Lets one task go on, chosen before this returns. */
  waitOne(): Promise<void>;
}

export async function runProgram(make: QueueFactory, program: Program, scheduler: TaskScheduler): Promise<History> {
  const run = new ProgramRun(make, program, scheduler);
  for (const step of program.steps) {
    const interval = run.take(step);
    if (interval !== undefined) await interval;
  }
  await run.finish();
  return run.recorder.history;
}

// Enough for every program that ends; a queue that runs things again and again is stopped there.
const mostRounds = 50;
const sharedSignal = 0;

class ProgramRun {
  readonly recorder: Recorder;
  readonly #clock = new FakeClock();
  readonly #scheduler: TaskScheduler;
  readonly #controllers = [new AbortController()];
  readonly #running = new Map<number, RecordedTurn>();
  readonly #paused = new Set<string | undefined>();
  readonly #passage: Passage;

  constructor(make: QueueFactory, { options, hasListener }: Program, scheduler: TaskScheduler) {
    this.#scheduler = scheduler;
    this.recorder = new Recorder(make(options, this.#clock), options, () => this.#clock.now());
    if (hasListener) this.recorder.listen();
    const { events } = this.recorder.history;
    this.#passage = new Passage(this.#clock, {
      count: () => events.length,
      moving: () => this.recorder.log({ type: 'clock-moving' }),
      moved: () => this.recorder.log({ type: 'clock-moved' }),
      quiet: () => this.#noteQuiet(),
    });
  }

  /** Takes a step. Acts give no promise, so that what follows them happens in the same breath. */
  take(step: Step): Promise<void> | undefined {
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
    await this.#passage.settle();
    for (let round = 0; round < mostRounds && this.#scheduler.count() > 0; round += 1) {
      while (this.#scheduler.count() > 0) this.#letOneGoOn();
      await this.#passage.settle();
    }
    this.recorder.log({ type: 'finished', sessions: this.recorder.sessions, timers: this.#clock.timers });
  }

  #act(act: Act): void {
    switch (act.do) {
      case 'enqueue':
        this.#enqueue(act.entry, undefined);
        break;
      case 'abort':
        this.#abort(act.nth);
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
      case 'block':
        this.#clock.block(act.ms);
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

  #enqueue(plan: EntryPlan, by: number | undefined): { readonly entry: number; readonly promise: Promise<unknown> } {
    const { key, task } = plan;
    const { options, signal } = this.#optionsOf(plan);
    const order: Order = {
      key,
      options,
      ...(by !== undefined && { by }),
      ...(signal !== undefined && { signal }),
      listens: task.abort === 'obeys',
      task: (turn) => {
        this.#running.set(turn.entry, turn);
        return runTask(task, turn, {
          enqueue: (inner) => this.#enqueue(inner, turn.entry),
          wait: () => this.#scheduler.schedule(Promise.resolve(), `entry ${turn.entry}`),
          log: (event) => this.recorder.log(event),
          end: () => this.#running.delete(turn.entry),
        });
      },
    };
    return this.recorder.enqueue(order);
  }

  #optionsOf({ signal, priority, timeoutMs, ttlMs }: EntryPlan): { options: EntryOptions; signal?: number } {
    const options = { priority, timeoutMs, ttlMs };
    if (signal === 'none') return { options };
    const number = signal === 'shared' ? sharedSignal : this.#controllers.length;
    const controller = this.#controllers[number] ?? new AbortController();
    this.#controllers[number] = controller;
    if (signal === 'aborted') this.recorder.abort(number, controller);
    return { options: { ...options, signal: controller.signal }, signal: number };
  }

  #abort(nth: number): void {
    const number = nth % this.#controllers.length;
    const controller = this.#controllers[number];
    if (controller !== undefined && !controller.signal.aborted) this.recorder.abort(number, controller);
  }

  #progress(nth: number): void {
    const running = [...this.#running.values()];
    const turn = running[nth % running.length];
    if (turn === undefined) return;
    this.recorder.log({ type: 'progressed', entry: turn.entry });
    turn.turn.progress();
  }

  #letOneGoOn(): void {
    if (this.#scheduler.count() > 0) void this.#scheduler.waitOne();
  }

  #noteQuiet(): void {
    this.recorder.log({ type: 'quiet', sessions: this.recorder.sessions });
    for (const key of [...keys, undefined]) this.recorder.probe(key);
  }
}
