/** What is wrong with a Redis, or with a queue in it, and what only has a price. */
import type { Examination, ServerFacts } from '../../stores/bullmq/examine.ts';
import { describeCount, formatBytes, formatDuration } from '../format.ts';

export interface Judgement {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** The oldest that has every command that the store uses. */
const oldestVersion = [6, 2] as const;

export function judgeServer(server: ServerFacts): Judgement {
  const { product, version, role, usedBytes, maxBytes, evictionPolicy } = server;
  const problems: string[] = [];
  if (product === 'redis' && isOlder(version)) {
    problems.push(`Redis ${version} is too old: the store needs ${oldestVersion.join('.')} or later.`);
  }
  if (role !== 'master') {
    problems.push(
      `This Redis is a ${role === 'slave' ? 'replica' : role}, and takes no writes. Give the address of the primary.`,
    );
  }
  if (evictionPolicy !== 'noeviction' && evictionPolicy !== 'unknown') {
    problems.push(
      `The maxmemory-policy is ${evictionPolicy}, so that Redis evicts entries when its memory is full; queues refuse to ` +
        'use it. CONFIG SET maxmemory-policy noeviction, and the same in redis.conf.',
    );
  }
  if (server.hasFailedToWrite) {
    problems.push('Redis could not write its files the last time. Look into its log: is the disk full, or read-only?');
  }
  const warnings = warnOfLoss(server);
  if (evictionPolicy === 'unknown') {
    warnings.push('Redis does not say what its maxmemory-policy is. Make sure that it is noeviction.');
  }
  if (maxBytes > 0 && usedBytes > maxBytes * 0.9) {
    warnings.push(
      `${formatBytes(usedBytes)} of ${formatBytes(maxBytes)} are used. When nothing is left, enqueue rejects and nothing ` +
        'goes on: give Redis more (maxmemory).',
    );
  }
  return { problems, warnings };
}

function warnOfLoss({ hasAppendOnlyFile, appendFsync, aheadMs, withinMs }: ServerFacts): string[] {
  const warnings: string[] = [];
  if (!hasAppendOnlyFile) {
    warnings.push(
      'Redis has no append-only file: when it ends, everything since its last snapshot is lost, though it was accepted. ' +
        'CONFIG SET appendonly yes, and the same in redis.conf.',
    );
  } else if (appendFsync === 'no') {
    warnings.push(
      'appendfsync is no: Redis leaves it to the system when to write to the disk. everysec costs hardly more.',
    );
  }
  const apartMs = Math.abs(aheadMs) - withinMs;
  if (apartMs > 1000) {
    warnings.push(
      `The server's clock is ${formatDuration(apartMs)} ${aheadMs > 0 ? 'ahead of' : 'behind'} the one here: ages are ` +
        'wrong by that, and so is the time of what is enqueued with at. Set both by NTP.',
    );
  }
  return warnings;
}

export function judgeQueue({ queue, sessions, owners, listeners }: Examination): Judgement {
  const warnings: string[] = [];
  const { idle, waiting } = sessions;
  if (idle.length > 0) {
    warnings.push(
      `${describeCount(idle.length, 'session has', 'sessions have')} work and no job that brings it to a process. Any ` +
        'process that has the queue open sees to that within 4 s; if this stays, none does.',
    );
  }
  if (waiting > 0 && listeners === 0) warnings.push('Entries wait, and no process has the queue open. Start one.');
  const lost = owners.reduce((sum, owner) => sum + owner.lost, 0);
  if (lost > 0) {
    warnings.push(
      `${describeCount(lost, 'session is', 'sessions are')} held by a process that has lost its lock: it has died, or hangs. ` +
        'Another process takes over within its takeoverMs; if this stays, none runs.',
    );
  }
  if (queue.isPaused) warnings.push('The queue is paused: nothing starts until somebody calls resume().');
  const { blocked } = queue;
  if (blocked > 0) {
    warnings.push(
      `${describeCount(blocked, 'session waits', 'sessions wait')} until somebody decides about dead letters: see ls, retry and drop.`,
    );
  }
  return { problems: [], warnings };
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < oldestVersion[0] || (major === oldestVersion[0] && minor < oldestVersion[1]);
}
