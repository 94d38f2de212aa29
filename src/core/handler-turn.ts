/** The turn of a message, as its handler sees it. */
import type { Entry } from './entry.ts';
import { acknowledge, takeWaiting } from './members.ts';
import { MessageEntry, messageOf } from './message-entry.ts';
import type { MessageTurn } from './message-queue.ts';
import { QueueError, quoteKey } from './queue-error.ts';
import { checkDuration } from './queue-options.ts';
import { Receiver } from './receiver.ts';
import { TaskTurn } from './task-turn.ts';

export class HandlerTurn extends TaskTurn implements MessageTurn<unknown> {
  readonly #entry: Entry;

  constructor(entry: Entry) {
    super(entry);
    this.#entry = entry;
  }

  override get attempt(): number {
    return this.#entry instanceof MessageEntry ? this.#entry.attempt : super.attempt;
  }

  get inputs(): readonly unknown[] {
    return (this.#entry.extras?.inputs ?? [this.#entry]).map(messageOf);
  }

  get input(): unknown {
    return messageOf(this.#entry);
  }

  take(): readonly unknown[] {
    return takeWaiting(this.#entry).map(messageOf);
  }

  acknowledge(): void {
    acknowledge(this.#entry);
  }

  async receive(timeoutMs: number): Promise<unknown> {
    checkDuration('receive', 'timeoutMs', timeoutMs);
    const { state, extras, session } = this.#entry;
    if (extras?.error !== undefined) throw extras.error;
    if (state !== 'running' || session.turns.lanes.isStopped) return undefined;
    if (extras?.receiver !== undefined) {
      const message = `Session ${quoteKey(session.key)}: the turn waits for an answer already; await that first.`;
      throw new QueueError('receiving', message);
    }
    const answer = await new Receiver(this.#entry, timeoutMs).answer;
    return answer === undefined ? undefined : messageOf(answer);
  }
}
