/** A Redis of the tests' own: on a free port, with its append-only file in a temporary folder, stopped when the tests have ended. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

export function hasRedis(): boolean {
  return spawnSync('redis-server', ['--version']).error === undefined;
}

/** Why there is none, if so. @throws Error where nothing may be left out */
export function whyNoRedis(): string | undefined {
  const { error } = spawnSync('redis-server', ['--version']);
  if (error === undefined) return undefined;
  const why = `there is no redis-server (${error.message}); install it to run these tests`;
  // There nothing is left out: .ci/run installs it.
  if (process.env['CI'] !== undefined) throw new Error(why);
  return why;
}

export class RedisServer {
  readonly port: number;
  readonly #folder: string;
  readonly #options: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(port: number, options: readonly string[]) {
    this.port = port;
    this.#folder = mkdtempSync(join(tmpdir(), 'queue-redis-'));
    this.#options = options;
  }

  static async start(options: readonly string[] = []): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), options);
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const settings = ['--port', String(this.port), '--dir', this.#folder, '--appendonly', 'yes', '--save', ''];
    const child = spawn('redis-server', [...settings, ...this.#options], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#child = child;
    let log = '';
    await new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.stdout.on('data', (chunk) => {
        log += String(chunk);
        if (/ready to accept connections/i.test(log)) resolve();
      });
    });
    if (!/ready to accept connections/i.test(log)) throw new Error(`redis-server did not start: ${log}`);
    // The tests end when nothing of theirs is left, and then they stop it.
    child.unref();
    unref(child.stdout);
  }

  /** Ends it as `kill` does, in an orderly way, or by force. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    child.ref();
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  async dispose(): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Runs one command by a connection of its own. */
  async run<Result>(act: (redis: Redis) => Promise<Result>): Promise<Result> {
    const redis = new Redis({ port: this.port });
    try {
      return await act(redis);
    } finally {
      redis.disconnect();
    }
  }
}

// A pipe to a child is a socket.
function unref(stream: unknown): void {
  if (stream instanceof Socket) stream.unref();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('there is no free port');
  return address.port;
}
