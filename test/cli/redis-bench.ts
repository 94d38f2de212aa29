/** A queue in a Redis of its own, and the commands that look at it. */
import { after } from 'node:test';
import { createSessionQueue } from '#src/core/create-session-queue.ts';
import type { MessageTurn } from '#src/core/message-queue.ts';
import type { DistributedQueue } from '#src/core/store.ts';
import { bullmq } from '#src/stores/bullmq/index.ts';
import { RedisServer } from '../stores/bullmq/redis-server.ts';
import { runCli } from './cli-process.ts';
import type { Ended } from './cli-process.ts';
import { fill, runMessage } from './filled-queue.ts';
import { parseObjects } from './store-cli.ts';

export { whyNoRedis } from '../stores/bullmq/redis-server.ts';

let queues = 0;

export class RedisBench {
  readonly server: RedisServer;
  readonly url: string;

  readonly #filled: Filled[] = [];

  /** It ends when the test that starts it has, or the tests of the file that does. */
  static async start(options: readonly string[] = []): Promise<RedisBench> {
    const bench = new RedisBench(await RedisServer.start(options));
    after(() => bench.#dispose());
    return bench;
  }

  private constructor(server: RedisServer) {
    this.server = server;
    this.url = `redis://127.0.0.1:${server.port}`;
  }

  /** Runs a command on the queue of that name. */
  cli(name: string, ...words: readonly string[]): Promise<Ended> {
    return runCli([...words, '--store', this.url, '--name', name]);
  }

  async objects(name: string, ...words: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { stdout } = await this.cli(name, ...words, '--json');
    return parseObjects(stdout);
  }

  /** All keys but those of connections, to show that a look changes nothing. */
  keys(): Promise<string[]> {
    return this.server.run(async (redis) => (await redis.keys('*')).toSorted());
  }

  /** A queue with two dead letters, one delayed entry, and two that wait, the first of which runs until it is released. */
  async fill(): Promise<Filled> {
    queues += 1;
    const name = `cli-${queues}`;
    const heard: string[] = [];
    const gate = new Gate();
    const queue = createSessionQueue({
      run: ({ input }: MessageTurn<string>) => {
        heard.push(input);
        return gate.isOpen ? undefined : runMessage(input, gate.passed);
      },
      store: bullmq({ connection: this.url, name }),
    });
    await fill(queue);
    // That the turn has begun is stored a moment later.
    for (;;) {
      const [first] = await this.objects(name, 'show', 'bob');
      if (first?.['state'] === 'started') break;
    }
    const filled = { name, queue, heard, release: (): void => gate.open() };
    this.#filled.push(filled);
    return filled;
  }

  async #dispose(): Promise<void> {
    for (const { release } of this.#filled) release();
    await Promise.all(this.#filled.map(({ queue }) => queue.close({ drainMs: 0 })));
    await this.server.dispose();
  }
}

export interface Filled {
  readonly name: string;
  readonly queue: DistributedQueue<string, unknown>;
  /** What was run. */
  readonly heard: readonly string[];
  /** Lets the turn that is held end; nothing fails any more. */
  readonly release: () => void;
}

class Gate {
  isOpen = false;
  readonly passed: Promise<void>;
  #pass: () => void = () => undefined;

  constructor() {
    this.passed = new Promise((resolve) => {
      this.#pass = resolve;
    });
  }

  open(): void {
    this.isOpen = true;
    this.#pass();
  }
}
