/** What a caller can do with dead letters that are stored in Redis. */
import type { DeadLetter, DeadLetters } from '../../core/store.ts';
import type { Payloads } from '../payload.ts';
import type { Activation } from './activation.ts';
import * as lua from './lua-controls.ts';
import { asList, readDead, readText, writeState } from './records.ts';
import type { DeadRecord } from './records.ts';
import type { Server } from './server.ts';

interface Found {
  readonly key: string;
  readonly id: string;
  readonly dead: DeadRecord;
}

export class BullmqDeadLetters implements DeadLetters<unknown> {
  readonly #server: Pick<Server, 'run'>;
  readonly #payloads: Payloads;
  readonly #activation: Pick<Activation, 'activate'>;

  constructor(server: Pick<Server, 'run'>, payloads: Payloads, activation: Pick<Activation, 'activate'>) {
    this.#server = server;
    this.#payloads = payloads;
    this.#activation = activation;
  }

  async list(sessionKey?: string): Promise<readonly DeadLetter<unknown>[]> {
    const found = await this.#find(sessionKey);
    return found.map(({ key, id, dead }) => ({
      key,
      id,
      message: this.#payloads.decodeMessage(dead.record.message),
      attempts: dead.starts,
      error: dead.error,
      enqueuedMs: dead.record.enqueuedMs,
      failedMs: dead.failedMs,
    }));
  }

  retry(sessionKey: string, id?: string): Promise<number> {
    return this.#decide(sessionKey, id, 'retry');
  }

  drop(sessionKey: string, id?: string): Promise<number> {
    return this.#decide(sessionKey, id, 'drop');
  }

  async #find(key: string | undefined): Promise<readonly Found[]> {
    const texts = asList(await this.#server.run(lua.listDead, [key === undefined ? '' : JSON.stringify(key)])).map(
      String,
    );
    const found: Found[] = [];
    for (let at = 0; at + 2 < texts.length; at += 3) {
      const [keyText = '', id = '', dead = ''] = texts.slice(at, at + 3);
      found.push({ key: readText(keyText), id: readText(id), dead: readDead(dead) });
    }
    // In the order of their arrival.
    return found.toSorted((one, other) => arrivalOf(one.dead) - arrivalOf(other.dead));
  }

  async #decide(key: string, id: string | undefined, what: 'retry' | 'drop'): Promise<number> {
    const found = (await this.#find(key)).filter((letter) => id === undefined || letter.id === id);
    if (found.length === 0) return 0;
    const keyText = JSON.stringify(key);
    const letters = found.flatMap(({ id, dead }) => [
      JSON.stringify(id),
      dead.place,
      JSON.stringify(dead.record),
      writeState({ starts: dead.starts, failures: 0, heldUntilMs: 0 }),
    ]);
    const [decided, needsJob] = asList(await this.#server.run(lua.decideDead, [keyText, what, ...letters]));
    if (needsJob === 1) await this.#activation.activate([keyText]);
    return Number(decided);
  }
}

function arrivalOf({ place, record }: DeadRecord): number {
  return place + record.head;
}
