/** One connection to Redis that is made once, to look: what fails is told at once and clearly, and not tried again. */
import { Redis } from 'ioredis';
import { asList } from './records.ts';
import { baseOf } from './names.ts';
import { lookAtQueue } from './lua-looks.ts';

/** Where a queue is. */
export interface QueueAddress {
  readonly url: string;
  /** As given to bullmq(). */
  readonly name: string;
  readonly prefix: string;
}

export interface QueueState {
  /** Whether there has ever been a queue of that name. */
  readonly isThere: boolean;
  readonly waiting: number;
  /** Sessions that wait until somebody decides about their dead letters. */
  readonly blocked: number;
  readonly isPaused: boolean;
  readonly pausedSessions: number;
}

export class LookConnection {
  readonly redis: Redis;
  readonly address: QueueAddress;
  readonly #base: string;

  /** @throws Error that says why Redis can't be used */
  static async open(address: QueueAddress, answerMs = 5000): Promise<LookConnection> {
    const redis = new Redis(address.url, {
      lazyConnect: true,
      connectTimeout: answerMs,
      commandTimeout: answerMs,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
      enableOfflineQueue: false,
    });
    try {
      await connect(redis, answerMs);
    } catch (error) {
      redis.disconnect();
      throw error;
    }
    return new LookConnection(redis, address);
  }

  private constructor(redis: Redis, address: QueueAddress) {
    this.redis = redis;
    this.address = address;
    this.#base = baseOf(address.prefix, address.name);
  }

  run(script: string, args: readonly (string | number)[]): Promise<unknown> {
    return this.redis.eval(script, 1, this.#base, ...args);
  }

  async queue(): Promise<QueueState> {
    const [isThere, waiting, blocked, paused] = asList(await this.run(lookAtQueue, []));
    const keys = asList(paused);
    const isPaused = keys.includes('*');
    return {
      isThere: Number(isThere) > 0,
      waiting: Number(waiting),
      blocked: Number(blocked),
      isPaused,
      pausedSessions: keys.length - (isPaused ? 1 : 0),
    };
  }

  /** @throws Error when there is no such queue, which is most likely called otherwise */
  async requireQueue(): Promise<void> {
    const { isThere } = await this.queue();
    if (!isThere) throw new Error(noQueue(this.address));
  }

  close(): void {
    this.redis.disconnect();
  }
}

export function noQueue({ name, prefix }: QueueAddress): string {
  const called = `${JSON.stringify(name)} (prefix ${JSON.stringify(prefix)})`;
  return `there is no queue ${called} in this database of Redis; give --name, --prefix and /db as your program does`;
}

async function connect(redis: Redis, answerMs: number): Promise<void> {
  // What connect() itself rejects with only says that there is no connection; and a wrong database doesn't reject at all.
  let why: Error | undefined;
  redis.on('error', (error: Error) => (why ??= error));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Redis has not answered within ${answerMs} ms`)), answerMs);
  });
  try {
    await Promise.race([redis.connect(), late]);
  } catch (error) {
    why ??= error instanceof Error ? error : new Error(String(error));
  } finally {
    clearTimeout(timer);
  }
  if (why !== undefined) throw new Error(explain(why.message), { cause: why });
}

function explain(message: string): string {
  if (message.startsWith('NOAUTH')) return 'Redis asks for a password: redis://user:password@host';
  if (/^WRONGPASS|invalid password/.test(message)) return 'Redis does not accept this user name and password';
  if (message.includes('ETIMEDOUT')) return `${message}: nobody answers there, or not in this way (redis: or rediss:)`;
  return message;
}
