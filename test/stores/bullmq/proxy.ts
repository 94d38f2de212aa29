/** A way to Redis that can be cut, or go dead without a word, as networks do. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

export class Proxy {
  readonly port: number;
  readonly #server: Server;
  readonly #pairs: Set<{ readonly near: Socket; readonly far: Socket }>;
  /** `open` lets everything through; `dead` keeps connections and lets nothing through; `cut` refuses. */
  state: 'open' | 'dead' | 'cut' = 'open';

  private constructor(server: Server, port: number, pairs: Set<{ readonly near: Socket; readonly far: Socket }>) {
    this.#server = server;
    this.port = port;
    this.#pairs = pairs;
  }

  static async to(redisPort: number): Promise<Proxy> {
    const pairs = new Set<{ readonly near: Socket; readonly far: Socket }>();
    const made: { proxy?: Proxy } = {};
    const server = createServer((near) => {
      if (made.proxy?.state === 'cut') {
        near.destroy();
        return;
      }
      const far = connect(redisPort, '127.0.0.1');
      const pair = { near, far };
      pairs.add(pair);
      pass(near, far, () => made.proxy?.state === 'open');
      pass(far, near, () => made.proxy?.state === 'open');
      const end = (): void => {
        pairs.delete(pair);
        near.destroy();
        far.destroy();
      };
      for (const socket of [near, far]) socket.on('error', end).on('close', end);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('there is no free port');
    made.proxy = new Proxy(server, address.port, pairs);
    return made.proxy;
  }

  /** Ends all connections, and refuses others until it is opened. */
  cut(): void {
    this.state = 'cut';
    this.#endAll();
  }

  /** From now on nothing comes through, and nobody is told. */
  goDead(): void {
    this.state = 'dead';
  }

  open(): void {
    // What was swallowed meanwhile is missing; no connection can go on behind that.
    if (this.state === 'dead') this.#endAll();
    this.state = 'open';
  }

  close(): void {
    this.#server.close();
    this.#endAll();
  }

  #endAll(): void {
    for (const { near, far } of this.#pairs) {
      near.destroy();
      far.destroy();
    }
    this.#pairs.clear();
  }
}

function pass(from: Socket, to: Socket, isOpen: () => boolean): void {
  from.on('data', (chunk) => {
    if (isOpen()) to.write(chunk);
  });
}
