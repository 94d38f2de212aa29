/** The run itself: reads lines, gives each its turn in the lane of its session, and writes what became of it. */
import type { Readable } from 'node:stream';
import { QueueError } from '../../core/queue-error.ts';
import type { CloseReport, QueueControls } from '../../core/session-queue.ts';
import { createGate } from './gate.ts';
import type { Gate } from './gate.ts';
import type { KeyPath } from './key-path.ts';
import { keyLine } from './keyed-line.ts';
import type { KeyedLine } from './keyed-line.ts';
import type { LineQueue, TurnWatch } from './line-queue.ts';
import { readLines } from './read-lines.ts';
import type { BadLine, Line } from './read-lines.ts';
import { describeError, formatResult } from './result.ts';
import type { Result } from './result.ts';
import { Tally } from './tally.ts';
import { TurnClock } from './turn-clock.ts';

/** What is to be run, and who is told what. */
export interface Job {
  readonly input: Readable;
  readonly keyPath: KeyPath;
  /** Where they wait for their turns. */
  readonly lines: LineQueue;
  /** Lines that wait or run at most: no further line is read until there are fewer. */
  readonly maxPending: number;
  /** Takes a result, as a line of JSON. */
  readonly write: (text: string) => void;
  /** Whoever reads what is written is behind; {@link LineRun.readOn} tells when that is over. */
  readonly isFull: () => boolean;
  readonly onBadLine: (line: BadLine) => void;
  /** A turn was aborted and goes on, holding its lane. */
  readonly onStuck: (key: string) => void;
}

/** How a run ended. */
export interface RunEnd {
  /** Turns that were aborted, did not end, and were given up. */
  readonly stuck: readonly { readonly key: string }[];
  /** Why the input could not be read to its end, if so. */
  readonly readError?: unknown;
}

/** How much text may wait, beside {@link Job.maxPending}, so that long lines don't fill the memory. */
const maxHeldBytes = 64 * 1024 * 1024;

/** A run under way. It is over when what `finish` gives resolves. */
export class LineRun {
  readonly queue: QueueControls<unknown>;
  readonly tally: Tally = new Tally();
  readonly #job: Job;
  readonly #hasRoom: Gate;
  readonly #isSettled: Gate;
  /** Lines that an abort took before their turn. */
  readonly #unstarted: Result[] = [];
  #heldBytes = 0;
  #isStopping = false;
  #closing: Promise<CloseReport<unknown>> | undefined;

  constructor(job: Job) {
    this.#job = job;
    this.queue = job.lines.queue;
    this.#hasRoom = createGate(() => this.#isStopping || !(this.#hasNoRoom() || job.isFull()));
    this.#isSettled = createGate(() => this.#inHand === 0);
    this.queue.subscribe((event) => {
      if (event.type === 'stuck') job.onStuck(event.key);
      this.#hasRoom.check();
    });
  }

  /** Looks again whether there is room for a further line. */
  readOn(): void {
    this.#hasRoom.check();
  }

  /** Reads no further; what was read still runs. */
  stop(): void {
    this.#isStopping = true;
    this.#job.input.destroy();
    this.#hasRoom.check();
  }

  /** Stops, starts no further turn, and aborts those that run. */
  abort(): void {
    this.stop();
    void this.#close();
  }

  /**
   * Runs every line. Resolves when each line that was read has its result, and nothing runs any
   * more or what overstays its abort was given up.
   */
  async finish(): Promise<RunEnd> {
    const { lines } = this.#job;
    const readError = await this.#readAll();
    // What waits may be of another input: it stays where it is.
    if (readError !== undefined && lines.isHeld) this.abort();
    else lines.release();
    await this.#isSettled.wait();
    const wasReadToItsEnd = readError === undefined && !this.#isStopping;
    if (this.#closing === undefined) this.tally.leftOver = await lines.restEnded();
    if (!wasReadToItsEnd) this.tally.leftOver = 0;
    // Every line has its result. Only turns that overstay their abort can be left; they get the
    // few seconds that a close gives them.
    const { stuck } = await this.#close();
    this.tally.unstarted = this.#unstarted.length;
    for (const result of this.#unstarted.toSorted((one, other) => one.line - other.line)) this.#write(result);
    return { stuck, ...(readError !== undefined && { readError }) };
  }

  #close(): Promise<CloseReport<unknown>> {
    return (this.#closing ??= this.queue.close({ drainMs: 0 }));
  }

  /** Lines that have been read and have no result. */
  get #inHand(): number {
    return this.tally.lines - this.tally.settled - this.#unstarted.length;
  }

  #hasNoRoom(): boolean {
    const { lines, maxPending } = this.#job;
    // What is left of an earlier run counts from the moment when it may run.
    const pending = lines.isHeld ? this.#inHand : Math.max(this.queue.pending(), this.#inHand);
    return pending >= maxPending || this.#heldBytes >= maxHeldBytes;
  }

  async #readAll(): Promise<unknown> {
    try {
      for await (const line of readLines(this.#job.input)) {
        if (this.#isStopping) break;
        this.#take(line);
        if (this.#hasNoRoom()) this.#job.lines.release();
        await this.#hasRoom.wait();
      }
    } catch (error) {
      // Stopping cuts the input off wherever it is.
      if (!this.#isStopping) return error;
    }
    return undefined;
  }

  #take(read: Line | BadLine): void {
    const { lines, keyPath } = this.#job;
    const line = 'problem' in read ? read : keyLine(read, keyPath);
    const isDone = 'key' in line && lines.hasResult(line);
    this.tally.addLine(read.number);
    if ('key' in line) {
      this.tally.sessions.add(line.key);
      if (isDone) this.tally.fromStore += 1;
      const clock = new TurnClock();
      this.#heldBytes += line.bytes;
      void this.#tell(line, clock, lines.run(line, this.#watch(clock)));
      return;
    }
    this.tally.settledBytes += line.bytes;
    this.#job.onBadLine(line);
    const error = { name: 'BadLine', message: line.problem, code: 'bad-line' };
    this.#write({ line: line.number, key: null, ok: false, error, waitedMs: 0, ranMs: 0 });
  }

  /** Never rejects. Many lines wait at once, so it keeps of its line only what it will need. */
  async #tell({ number, key, bytes }: KeyedLine, clock: TurnClock, outcome: Promise<unknown>): Promise<void> {
    const line = { line: number, key };
    try {
      const value = await outcome;
      this.#write({ ...line, ok: true, value, ...clock.read() });
    } catch (error) {
      const result: Result = { ...line, ok: false, error: describeError(error), ...clock.read() };
      // Told at once, while the turn in front of it has not ended: the results of a session are
      // written in the order of its lines, so this one comes last.
      const neverRan = error instanceof QueueError && error.code === 'closed' && !clock.hasStarted;
      if (neverRan) this.#unstarted.push(result);
      else this.#write(result);
    }
    this.#heldBytes -= bytes;
    this.tally.settledBytes += bytes;
    this.#hasRoom.check();
    this.#isSettled.check();
  }

  #watch(clock: TurnClock): TurnWatch {
    return {
      onStart: () => {
        clock.start();
        this.tally.addStart();
      },
      onEnd: () => this.tally.addEnd(),
    };
  }

  /** @throws when JSON can't hold the result's value. Then it counts as not written. */
  #write(result: Result): void {
    const text = formatResult(result);
    this.tally.addResult(result);
    this.#job.write(text);
  }
}
