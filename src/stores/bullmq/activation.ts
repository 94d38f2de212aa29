/** Gives sessions their jobs: one BullMQ job for each session that has work, by deduplication. */
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { BullmqSettings } from './bullmq.ts';
import { NotDone } from './connections.ts';

/** What a job of the queue says. */
export interface SessionJob {
  readonly key: string;
}

/** What is needed of a server. */
export interface JobServer {
  readonly queueName: string;
  readonly connections: { readonly commands: Redis };
}

type ActivationSettings = Pick<BullmqSettings, 'prefix' | 'onError' | 'telemetry'>;

export class Activation {
  readonly #queue: Queue<SessionJob>;

  constructor(server: JobServer, { prefix, onError, telemetry }: ActivationSettings) {
    const connection = server.connections.commands;
    this.#queue = new Queue<SessionJob>(server.queueName, { connection, prefix, ...telemetry });
    this.#queue.on('error', onError);
  }

  /** Makes a job for each of these sessions, unless one waits already. @throws NotDone */
  async activate(keyTexts: Iterable<string>): Promise<void> {
    const jobs = Array.from(new Set(keyTexts), (key) => ({
      name: 'session',
      data: { key },
      opts: { deduplication: { id: key, keepLastIfActive: true }, removeOnComplete: true, removeOnFail: true },
    }));
    try {
      const [only] = jobs;
      if (jobs.length === 1 && only !== undefined) await this.#queue.add(only.name, only.data, only.opts);
      else if (jobs.length > 0) await this.#queue.addBulk(jobs);
    } catch (error) {
      throw new NotDone(error instanceof Error ? error.message : String(error), false, { cause: error });
    }
  }

  close(): Promise<void> {
    return this.#queue.close();
  }
}
