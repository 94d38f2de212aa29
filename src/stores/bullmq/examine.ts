/** Asks a Redis, and a queue in it, for everything that may cost entries or hold them up. Changes nothing. */
import { lookAtOwners } from './lua-looks.ts';
import type { LookConnection, QueueState } from './look-connection.ts';
import { baseOf } from './names.ts';
import { RedisReader } from './reader.ts';
import { asList } from './records.ts';

export interface Examination {
  readonly server: ServerFacts;
  readonly queue: QueueState;
  readonly sessions: SessionFacts;
  /** Processes that have sessions now. */
  readonly owners: readonly Owner[];
  /** Connections that have the queue open, one of each process; those that only enqueue too. */
  readonly listeners: number;
}

export interface ServerFacts {
  /** `redis` or `valkey`. */
  readonly product: string;
  readonly version: string;
  readonly role: string;
  readonly usedBytes: number;
  /** 0 where there is no limit. */
  readonly maxBytes: number;
  /** `unknown` where Redis doesn't say. */
  readonly evictionPolicy: string;
  readonly hasAppendOnlyFile: boolean;
  /** `always`, `everysec`, `no`, or `unknown` where Redis doesn't say. */
  readonly appendFsync: string;
  /** That the last attempt to write has failed. */
  readonly hasFailedToWrite: boolean;
  readonly replicas: number;
  /** By how many bytes the one is behind that is least so. */
  readonly behindBytes: number | undefined;
  /** How many have to be in step for a write to be taken. */
  readonly minReplicas: number;
  /** By how much the server's clock is ahead of ours, and how exact that is. */
  readonly aheadMs: number;
  readonly withinMs: number;
}

interface SessionFacts {
  readonly waiting: number;
  readonly oldestMs: number | undefined;
  readonly delayed: number;
  readonly deadLetters: number;
  /** Sessions that have work and no job. */
  readonly idle: readonly string[];
}

export interface Owner {
  readonly process: string;
  readonly sessions: number;
  /** Of those, how many have lost their lock: the process hangs, or is gone. */
  readonly lost: number;
  /** When the next lock ends if it is not renewed, in ms. */
  readonly lockMs: number | undefined;
}

export async function examineQueue(connection: LookConnection): Promise<Examination> {
  return {
    server: await examineServer(connection),
    queue: await connection.queue(),
    sessions: await addUp(new RedisReader(connection)),
    owners: await findOwners(connection),
    listeners: await countListeners(connection),
  };
}

async function examineServer({ redis }: LookConnection): Promise<ServerFacts> {
  const info = readInfo(await redis.info());
  // Managed services forbid CONFIG.
  const config = async (name: string): Promise<string | undefined> => {
    const found: unknown = await redis.config('GET', name).catch(() => []);
    return Array.isArray(found) && typeof found[1] === 'string' ? found[1] : undefined;
  };
  const startedMs = performance.now();
  const [seconds, micros] = await redis.time();
  const tookMs = performance.now() - startedMs;
  const lags = [...info.keys()]
    .filter((name) => /^slave\d+$/.test(name))
    .map((name) => Number(info.get('master_repl_offset')) - Number(/offset=(\d+)/.exec(info.get(name) ?? '')?.[1]));
  return {
    product: info.get('server_name') ?? 'redis',
    version: info.get('valkey_version') ?? info.get('redis_version') ?? 'unknown',
    role: info.get('role') ?? 'unknown',
    usedBytes: Number(info.get('used_memory') ?? 0),
    maxBytes: Number(info.get('maxmemory') ?? 0),
    evictionPolicy: (await config('maxmemory-policy')) ?? info.get('maxmemory_policy') ?? 'unknown',
    hasAppendOnlyFile: info.get('aof_enabled') === '1',
    appendFsync: (await config('appendfsync')) ?? 'unknown',
    hasFailedToWrite: writeStates.some((name) => (info.get(name) ?? 'ok') !== 'ok'),
    replicas: lags.length,
    behindBytes: lags.length === 0 ? undefined : Math.min(...lags),
    minReplicas: Number((await config('min-replicas-to-write')) ?? 0),
    aheadMs: Number(seconds) * 1000 + Number(micros) / 1000 - (Date.now() - tookMs / 2),
    withinMs: tookMs / 2,
  };
}

const writeStates = ['aof_last_write_status', 'aof_last_bgrewrite_status', 'rdb_last_bgsave_status'];

function readInfo(text: string): ReadonlyMap<string, string> {
  const info = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(/^(\w+):(.*?)\r?$/gm)) info.set(name, value);
  return info;
}

async function addUp(reader: RedisReader): Promise<SessionFacts> {
  let waiting = 0;
  let delayed = 0;
  let deadLetters = 0;
  let oldestMs: number | undefined;
  const idle: string[] = [];
  for await (const session of reader.sessions()) {
    waiting += session.waiting;
    delayed += session.delayed;
    deadLetters += session.deadLetters;
    // The oldest comes first.
    oldestMs ??= session.oldestMs;
    if (session.isIdle) idle.push(session.key);
  }
  return { waiting, oldestMs, delayed, deadLetters, idle };
}

async function findOwners(connection: LookConnection): Promise<readonly Owner[]> {
  const owners = new Map<string, Owner>();
  let cursor = '0';
  do {
    const [next, page] = asList(await connection.run(lookAtOwners, [cursor]));
    const found = asList(page);
    for (let at = 0; at + 1 < found.length; at += 2) {
      const process = String(found[at]);
      owners.set(process, addLock(process, owners.get(process), Number(found[at + 1])));
    }
    cursor = String(next);
  } while (cursor !== '0');
  return [...owners.values()].toSorted((one, other) => other.sessions - one.sessions);
}

function addLock(process: string, owner: Owner | undefined, lockMs: number): Owner {
  const { sessions = 0, lost = 0, lockMs: before } = owner ?? {};
  const isLost = lockMs < 0;
  return {
    process,
    sessions: sessions + 1,
    lost: isLost ? lost + 1 : lost,
    lockMs: isLost ? before : Math.min(before ?? Infinity, lockMs),
  };
}

async function countListeners({ redis, address }: LookConnection): Promise<number> {
  const found: unknown = await redis.pubsub('NUMSUB', `${baseOf(address.prefix, address.name)}lane:all`);
  return Array.isArray(found) ? Number(found[1]) : 0;
}
