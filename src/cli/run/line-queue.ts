/** Where the lines of a run wait for their turns: in memory here, in a store in stored-lines.ts. */
import { createSessionQueue } from '../../core/create-session-queue.ts';
import type { QueueControls, QueueOptions, SessionQueue, Task } from '../../core/session-queue.ts';
import type { Handler } from './handler.ts';
import type { KeyedLine } from './keyed-line.ts';

export interface LineQueue {
  readonly queue: QueueControls<unknown>;
  /** Nothing starts before `release()`. */
  readonly isHeld: boolean;
  release(): void;
  /**
   * Whether the line has its result already, from an earlier run.
   *
   * @throws ChangedInputError when that run has read another line under its number.
   */
  hasResult(line: KeyedLine): boolean;
  /** Settles as the line does, behind those before it in its session. */
  run(line: KeyedLine, watch: TurnWatch): Promise<unknown>;
  /** Resolves when what an earlier run has left, and no line was the same as, has ended too. Gives how much that was. */
  restEnded(): Promise<number>;
}

/** Is told when the turn of a line starts and ends. */
export interface TurnWatch {
  onStart(): void;
  onEnd(): void;
}

/** Lines that live as long as the run. */
export class LinesInMemory implements LineQueue {
  readonly queue: SessionQueue;
  readonly isHeld = false;
  readonly #handler: Handler;

  constructor(handler: Handler, options: QueueOptions) {
    this.#handler = handler;
    this.queue = createSessionQueue(options);
  }

  release(): void {}

  hasResult(): boolean {
    return false;
  }

  run(line: KeyedLine, watch: TurnWatch): Promise<unknown> {
    return this.queue.enqueue(line.key, watchTask(this.#handler(line), watch));
  }

  restEnded(): Promise<number> {
    return Promise.resolve(0);
  }
}

export function watchTask(task: Task<unknown>, watch: TurnWatch | undefined): Task<unknown> {
  return async (turn) => {
    watch?.onStart();
    try {
      return await task(turn);
    } finally {
      watch?.onEnd();
    }
  };
}
