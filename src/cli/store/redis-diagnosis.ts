/** What `doctor` says of a queue in Redis: what is wrong, what may be lost, and who does what. */
import { examineQueue } from '../../stores/bullmq/examine.ts';
import type { Examination, Owner, ServerFacts } from '../../stores/bullmq/examine.ts';
import { LookConnection, noQueue } from '../../stores/bullmq/look-connection.ts';
import type { QueueAddress, QueueState } from '../../stores/bullmq/look-connection.ts';
import { describeCount, formatBytes, formatCount, formatDuration } from '../format.ts';
import { describeWaiting } from './describe-waiting.ts';
import { judgeQueue, judgeServer } from './redis-judgement.ts';
import type { Diagnosis } from './store-access.ts';
import { showKey } from './table.ts';

/** @throws Error when Redis can't be asked */
export async function diagnoseQueue(address: QueueAddress, name: string): Promise<Diagnosis> {
  const connection = await LookConnection.open(address);
  try {
    const found = await examineQueue(connection);
    const ofServer = judgeServer(found.server);
    const ofQueue = judgeQueue(found);
    const { isThere } = found.queue;
    const missing = isThere ? [] : [`${capitalize(noQueue(address))}. It is made with the first entry.`];
    return {
      problems: [...ofServer.problems, ...missing, ...ofQueue.problems],
      warnings: [...ofServer.warnings, ...ofQueue.warnings],
      rows: [...serverRows(found.server, name), ...(isThere ? queueRows(found, address) : [])],
      facts: toFacts(found, address),
    };
  } finally {
    connection.close();
  }
}

type Rows = Diagnosis['rows'];

function serverRows(server: ServerFacts, name: string): Rows {
  const { product, version, role, usedBytes, maxBytes, evictionPolicy, aheadMs, withinMs } = server;
  const limit = maxBytes === 0 ? 'without a limit (maxmemory 0)' : `of ${formatBytes(maxBytes)} (maxmemory)`;
  const apart = Math.max(Math.abs(aheadMs) - withinMs, 0);
  return [
    ['server', `${name}, ${product} ${version}, ${role === 'slave' ? 'replica' : role}`],
    ['memory', `${formatBytes(usedBytes)} used, ${limit}, maxmemory-policy ${evictionPolicy}`],
    ['persistence', describePersistence(server)],
    ['replication', describeReplication(server)],
    ['clock', apart < 100 ? 'as here' : `${formatDuration(apart)} ${aheadMs > 0 ? 'ahead' : 'behind'}`],
  ];
}

function describePersistence({ hasAppendOnlyFile, appendFsync }: ServerFacts): string {
  if (!hasAppendOnlyFile) return 'no append-only file';
  const loss = losses.get(appendFsync) ?? 'which may cost what was written last, if the machine goes down';
  return `append-only file, appendfsync ${appendFsync}: ${loss}`;
}

const losses: ReadonlyMap<string, string> = new Map([
  ['always', 'what was accepted is on the disk'],
  ['everysec', 'a crash of the machine may cost the last second or two of what was accepted'],
  ['no', 'a crash of the machine may cost the last half minute or so of what was accepted'],
]);

function describeReplication({ role, replicas, behindBytes = 0, minReplicas }: ServerFacts): string {
  if (role !== 'master') return 'this one follows another';
  if (replicas === 0) return 'no replica: without this server nothing runs';
  const few = `${describeCount(replicas, 'replica')}, the nearest ${formatBytes(Math.max(behindBytes, 0))} behind`;
  const least = minReplicas === 0 ? 'none has to keep up (min-replicas-to-write 0)' : `${minReplicas} must keep up`;
  return `${few}; ${least}: a failover may cost what no replica has yet`;
}

function queueRows({ queue, sessions, owners, listeners }: Examination, { name, prefix }: QueueAddress): Rows {
  return [
    ['queue', `${showKey(name)}, prefix ${showKey(prefix)}`],
    ['held', describeHeld(queue)],
    ['waiting', describeWaiting(sessions)],
    ['dead letters', formatCount(sessions.deadLetters)],
    ['no job', describeIdle(sessions.idle)],
    ['open in', describeCount(listeners, 'process', 'processes')],
    ...owners.slice(0, mostOwners).map((owner) => ['owner', describeOwner(owner)] as const),
    ['', owners.length > mostOwners ? `and ${formatCount(owners.length - mostOwners)} more` : undefined],
  ];
}

const mostOwners = 20;

function describeHeld({ isPaused, pausedSessions, blocked }: QueueState): string | undefined {
  const held = [
    ...(isPaused ? ['everything is paused'] : []),
    ...(pausedSessions > 0 ? [`${describeCount(pausedSessions, 'session')} paused`] : []),
    ...(blocked > 0 ? [`${describeCount(blocked, 'session')} blocked by dead letters`] : []),
  ];
  return held.length === 0 ? undefined : held.join(', ');
}

function describeIdle(idle: readonly string[]): string | undefined {
  if (idle.length === 0) return undefined;
  const more = idle.length > 3 ? ', …' : '';
  return `${describeCount(idle.length, 'session')} with work: ${idle.slice(0, 3).map(showKey).join(', ')}${more}`;
}

function describeOwner({ process, sessions, lost, lockMs }: Owner): string {
  const locks = [
    ...(lockMs === undefined ? [] : [`locked for ${formatDuration(lockMs)} more at least`]),
    ...(lost === 0 ? [] : [`${formatCount(lost)} without a lock`]),
  ];
  return `process ${process}: ${describeCount(sessions, 'session')}, ${locks.join(', ')}`;
}

function toFacts({ server, queue, sessions, owners, listeners }: Examination, address: QueueAddress): Facts {
  const { oldestMs, waiting, delayed, deadLetters, idle } = sessions;
  const { behindBytes, aheadMs, withinMs, ...others } = server;
  const { isThere, isPaused, pausedSessions, blocked } = queue;
  const { name, prefix } = address;
  return {
    server: {
      ...others,
      behindBytes: behindBytes ?? null,
      aheadMs: Math.round(aheadMs),
      withinMs: Math.ceil(withinMs),
    },
    queue: { name, prefix, isThere, isPaused, pausedSessions, blockedSessions: blocked },
    waiting,
    since: oldestMs === undefined ? null : new Date(oldestMs).toISOString(),
    delayed,
    deadLetters,
    idle: idle.length,
    owners: owners.map(({ lockMs, ...owner }) => ({ ...owner, lockMs: lockMs ?? null })),
    listeners,
  };
}

type Facts = Diagnosis['facts'];

function capitalize(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
