/** What a caller asks of sessions that may be in any process: how many wait, cancel, pause, drained. */
import type { UnstartedMessage } from '../../core/message-queue.ts';
import { QueueError, quoteKey } from '../../core/queue-error.ts';
import type { Payloads } from '../payload.ts';
import type { Activation } from './activation.ts';
import type { Request } from './bulletin.ts';
import type { BullmqSettings } from './bullmq.ts';
import type { Asked, Host, HostParts } from './host.ts';
import * as lua from './lua-controls.ts';
import { count } from './lua-lines.ts';
import { asList, readRecord, readText } from './records.ts';
import type { BullmqEnding } from './records.ts';
import type { Server } from './server.ts';
import type { Tickets } from './tickets.ts';

/** An entry that was taken out, its message as its codec wrote it. */
interface Taken {
  readonly id: string;
  readonly message: string;
}

const askAgainMs = 500;

export class Controls implements Asked {
  readonly #server: Server;
  readonly #host: Host;
  readonly #activation: Activation;
  readonly #payloads: Payloads;
  readonly #settings: BullmqSettings;
  readonly #tickets: Tickets;
  readonly #onDrained: (() => void)[] = [];

  constructor(host: Host, { server, activation, payloads, tickets }: HostParts, settings: BullmqSettings) {
    this.#server = server;
    this.#host = host;
    this.#activation = activation;
    this.#payloads = payloads;
    this.#tickets = tickets;
    this.#settings = settings;
  }

  async pending(key: string | undefined): Promise<number> {
    if (this.#server.isClosed) return 0;
    return Number(await this.#server.run(count, [key === undefined ? '' : JSON.stringify(key)]));
  }

  async drained(): Promise<void> {
    for (;;) {
      // Who can't be reached may be drained by the time it can.
      const pending = await this.pending(undefined).catch(() => Infinity);
      if (pending === 0 || this.#server.connections.isClosed) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, askAgainMs);
        this.#onDrained.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  noteDrained(): void {
    for (const tell of this.#onDrained.splice(0)) tell();
  }

  async pause(key: string | undefined): Promise<void> {
    this.#host.hold(true, key);
    if (this.#server.isClosed) return;
    await this.#server.run(lua.pause, [textOf(key), 'pause', this.#server.process]);
  }

  async resume(key: string | undefined): Promise<void> {
    if (this.#server.isClosed) return;
    const needsJob = await this.#server.run(lua.pause, [textOf(key), 'resume', this.#server.process]);
    this.#host.hold(false, key);
    if (key === undefined) this.#host.sweep.within(0);
    else if (needsJob === 1) await this.#activation.activate([textOf(key)]);
  }

  async cancel(key: string): Promise<readonly UnstartedMessage<unknown>[]> {
    if (this.#server.isClosed) return [];
    const taken = await this.#take({ key, id: undefined, code: 'cancelled' });
    return taken.map(({ id, message }) => ({ key, id, message: this.#payloads.decodeMessage(message) }));
  }

  async takeOne(key: string, id: string, code: Request['code']): Promise<void> {
    await this.#take({ key, id, code });
  }

  async answer(request: Request): Promise<string> {
    return JSON.stringify(await this.#takeHere(request));
  }

  /** Takes entries out, wherever their session is. */
  async #take(request: Request): Promise<readonly Taken[]> {
    const untilMs = performance.now() + 2 * this.#settings.takeoverMs;
    for (;;) {
      const taken = await this.#takeHere(request);
      if (typeof taken !== 'string') return taken;
      const { bulletin } = this.#host;
      const answer = await bulletin?.ask(taken, request, this.#settings.answerMs);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- another process of this store wrote it
      const found = answer === undefined ? undefined : (JSON.parse(answer) as readonly Taken[] | string);
      if (found !== undefined && typeof found !== 'string') return found;
      if (performance.now() > untilMs) {
        throw new Error(`cancel: session ${quoteKey(request.key)} is in a process that does not answer. Try it again.`);
      }
      await new Promise<void>((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Gives the name of the process that has the session, where that is another one. */
  async #takeHere(request: Request): Promise<readonly Taken[] | string> {
    const { key, id, code } = request;
    const here = this.#takeFromLanes(request);
    const lease = this.#host.leases.find(key);
    if (lease !== undefined) await this.#host.commits.written(lease);
    const left = Array.from(lease?.entries.keys() ?? [], (id) => JSON.stringify(id));
    const ending = JSON.stringify(endingOf(key, code));
    const idText = id === undefined ? '' : JSON.stringify(id);
    const answer = asList(
      await this.#server.run(lua.withdraw, [JSON.stringify(key), this.#server.process, ending, idText, ...left]),
    ).map(String);
    if (answer[0] === 'owned') return answer[1] ?? '';
    const rest: Taken[] = [];
    for (let at = 1; at + 2 < answer.length; at += 3) {
      const [idText = '', record = '', place = ''] = answer.slice(at, at + 3);
      rest.push({ id: readText(idText), message: readRecord(record).message });
      this.#tickets.settleStored(key, readText(idText), endingOf(key, code));
      // It may have been on its way to the lanes meanwhile.
      lease?.notePlace(Number(place));
      const late = lease?.entries.get(readText(idText));
      if (late?.place === Number(place)) this.#host.local.withdraw(late, errorOf(key, code));
    }
    return [...here, ...rest];
  }

  #takeFromLanes({ key, id, code }: Request): readonly Taken[] {
    const { local, leases } = this.#host;
    const lease = leases.find(key);
    if (lease === undefined) return [];
    const messages = new Map(Array.from(lease.entries, ([id, { record }]) => [id, record.message]));
    if (id === undefined) return local.cancel(key).map(({ id }) => ({ id, message: messages.get(id) ?? '' }));
    const entry = lease.entries.get(id);
    if (entry === undefined) return [];
    const isWaiting = entry.state === 'waiting' || entry.state === 'granted' || entry.state === 'joined';
    const error = errorOf(key, code);
    if (isWaiting) local.engine.drop(entry, error);
    else local.engine.abort(entry, error);
    return isWaiting ? [{ id, message: messages.get(id) ?? '' }] : [];
  }
}

function textOf(key: string | undefined): string {
  return key === undefined ? '*' : JSON.stringify(key);
}

function errorOf(key: string, code: Request['code']): QueueError {
  return new QueueError(code, endingOf(key, code).message);
}

function endingOf(key: string, code: Request['code']): Extract<BullmqEnding, { type: 'dropped' }> {
  const why = code === 'cancelled' ? 'it was cancelled' : 'its signal aborted';
  return { type: 'dropped', code, message: `Session ${quoteKey(key)}: ${why}.` };
}
