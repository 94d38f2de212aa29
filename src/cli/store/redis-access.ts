/** A queue in Redis, as the commands use it. The packages that it needs are loaded only here, when they are asked for. */
import type { QueueAddress } from '../../stores/bullmq/look-connection.ts';
import type { StoreReader } from '../../stores/reader.ts';
import type { Decision, Diagnosis, StoreAccess } from './store-access.ts';

export class RedisAccess implements StoreAccess {
  readonly name: string;
  readonly #address: QueueAddress;

  /** @throws Error when it is no URL of Redis */
  constructor(address: QueueAddress) {
    this.name = withoutPassword(address.url);
    checkPart('--name', address.name);
    if (address.prefix === '') throw new Error('--prefix is empty; expected text');
    this.#address = address;
  }

  async open(): Promise<StoreReader> {
    const { RedisReader } = await loaded(() => import('../../stores/bullmq/reader.ts'));
    return RedisReader.open(this.#address);
  }

  async decide(key: string, id: string | undefined, what: Decision): Promise<number> {
    const { decide } = await loaded(() => import('../../stores/bullmq/decide.ts'));
    return decide(this.#address, key, id, what);
  }

  async examine(): Promise<Diagnosis> {
    const { diagnoseQueue } = await loaded(() => import('./redis-diagnosis.ts'));
    return diagnoseQueue(this.#address, this.name);
  }
}

/** Whether a text is meant as the URL of a Redis, right or wrong. */
export function isRedisUrl(text: string): boolean {
  return /^rediss?:/i.test(text);
}

/** The URL as it may be shown. @throws Error that doesn't show it either */
export function withoutPassword(text: string): string {
  if (!/^rediss?:\/\//i.test(text) || !URL.canParse(text)) throw new Error(expected);
  const { protocol, host, pathname } = new URL(text);
  if (host === '' || !/^(\/\d*)?$/.test(pathname)) throw new Error(expected);
  return `${protocol}//${host}${pathname}`;
}

const expected =
  'expected redis://host:port, or rediss:// for TLS, with user:password@ before the host and /db behind it';

function checkPart(option: string, text: string): void {
  if (text === '' || text.includes(':')) {
    throw new Error(`${option} is ${JSON.stringify(text)}; expected text without a colon`);
  }
}

async function loaded<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    if (!isMissing || !/'(bullmq|ioredis)'/.test(error.message)) throw error;
    throw new Error('a store in Redis needs two packages that are not installed: npm install bullmq ioredis', {
      cause: error,
    });
  }
}
