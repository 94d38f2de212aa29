/**
 * Lines that outlive the run: each is a message in a store, under an id that names it in its input. A later run over the same
 * input takes the results of lines that have ended from the store, waits for those that have not, and runs the rest.
 */
import { createSessionQueue } from '../../core/create-session-queue.ts';
import type { MessageTurn } from '../../core/message-queue.ts';
import { QueueError } from '../../core/queue-error.ts';
import type { QueueOptions, Task, Turn } from '../../core/session-queue.ts';
import type { Codec, DurableQueue, Store } from '../../core/store.ts';
import type { Handler } from './handler.ts';
import type { KeyedLine } from './keyed-line.ts';
import { idOf, numberIn } from './line-id.ts';
import type { LineTable } from './line-id.ts';
import { watchTask } from './line-queue.ts';
import type { LineQueue, TurnWatch } from './line-queue.ts';
import { describeError, requireJson } from './result.ts';

/** A store, and what was in it before the run. */
export interface LineStore {
  /** As the user named it. */
  readonly name: string;
  readonly store: Store;
  readonly known: LineTable;
  /** The session keys of lines that wait, by their ids. */
  readonly waiting: Map<string, string>;
  readonly attempts: number;
}

/** The input is not the one that the store has lines of. */
export class ChangedInputError extends Error {
  constructor(number: number, store: string) {
    super(
      `line ${number} is not the line ${number} that ${store} knows: its text, or the place of its key, has changed. ` +
        'Put the input back as it was, or give this one a store of its own',
    );
  }

  static {
    this.prototype.name = 'ChangedInputError';
  }
}

export class StoredLines implements LineQueue {
  readonly queue: DurableQueue<StoredText, unknown>;
  readonly #lines: LineStore;
  readonly #watches = new Map<string, TurnWatch>();
  /** The last line of each session that has no result yet. */
  readonly #last = new Map<string, Promise<unknown>>();
  #isHeld: boolean;

  /** @throws what the store says when it can't be opened */
  constructor(handler: Handler, options: QueueOptions, lines: LineStore) {
    const { concurrency, timeoutMs } = options;
    const { store, attempts } = lines;
    this.#lines = lines;
    this.queue = createSessionQueue({
      concurrency,
      timeoutMs,
      store,
      attempts,
      codec,
      run: (turn: MessageTurn<StoredText>) => {
        const { key, id, input } = turn;
        const { text } = input;
        const number = numberIn(id) ?? 0;
        const line: KeyedLine = { number, key, text, value: JSON.parse(text), bytes: text.length };
        return this.#runLine(handler(line), turn);
      },
      maxBytes: Infinity,
      // Whatever is forgotten would be run again.
      rememberMs: Infinity,
      rememberMax: Infinity,
    });
    // What is there must not start before it is known to be of this input.
    this.#isHeld = lines.waiting.size > 0;
    if (this.#isHeld) this.queue.pause();
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.queue.resume();
  }

  hasResult(line: KeyedLine): boolean {
    const { name, known, waiting } = this.#lines;
    const id = idOf(line);
    const found = known.look(line.number, id);
    if (found === 'other') throw new ChangedInputError(line.number, name);
    return found === 'same' && !waiting.has(id);
  }

  run(line: KeyedLine, watch: TurnWatch): Promise<unknown> {
    return this.#inOrder(line.key, this.#enqueue(idOf(line), line.key, line.text, watch));
  }

  async restEnded(): Promise<number> {
    const { waiting } = this.#lines;
    const tickets = Array.from(waiting, ([id, key]) => this.queue.ticket(key, id));
    await Promise.all(tickets.map(({ outcome }) => outcome));
    return tickets.length;
  }

  async #runLine(task: Task<unknown>, turn: Turn): Promise<unknown> {
    try {
      const value = await watchTask(task, this.#watches.get(turn.id))(plainTurn(turn));
      // Here, and not in the codec, so that what can't be written fails as it does without a store. The brackets make `null`
      // of what turns itself into nothing.
      return new StoredText(JSON.stringify([requireJson(value ?? null)]).slice(1, -1));
    } catch (error) {
      return rethrowPlain(error);
    }
  }

  async #enqueue(id: string, key: string, text: string, watch: TurnWatch): Promise<unknown> {
    this.#watches.set(id, watch);
    const ticket = this.queue.enqueue(key, new StoredText(text), { id });
    const { waiting } = this.#lines;
    // The last that was left: from now on everything is as in a run that was never cut off.
    if (waiting.delete(id) && waiting.size === 0) this.release();
    try {
      const value = await ticket;
      return value instanceof StoredText ? JSON.parse(value.text) : value;
    } finally {
      this.#watches.delete(id);
    }
  }

  /** A dead letter that was put back may end behind lines that come after it. */
  async #inOrder(key: string, outcome: Promise<unknown>): Promise<unknown> {
    const settled = Promise.allSettled([outcome, this.#last.get(key)]);
    this.#last.set(key, settled);
    const [how] = await settled;
    if (this.#last.get(key) === settled) this.#last.delete(key);
    if (how.status === 'rejected') throw how.reason;
    return how.value;
  }
}

/** What is stored as it is: a line's text, or a result that was written as JSON. */
class StoredText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const codec: Codec = {
  encode: (value) => (value instanceof StoredText ? value.text : JSON.stringify(value)),
  decode: (text) => new StoredText(text),
};

/** What a task is handed: a line is no message that its neighbours could be taken into the turn with. */
function plainTurn(turn: Turn): Turn {
  const { key, id, epoch, attempt } = turn;
  return {
    key,
    id,
    epoch,
    attempt,
    get signal() {
      return turn.signal;
    },
    progress: () => turn.progress(),
  };
}

/** So that the result of this run and that of a later one say the same. */
function rethrowPlain(error: unknown): never {
  if (error instanceof QueueError) throw error;
  const { name, message, code } = describeError(error);
  const plain = new Error(message);
  plain.name = name;
  throw code === undefined ? plain : Object.assign(plain, { code });
}
