/** Puts the gateway together and listens. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';

import { getRequestListener } from '@hono/node-server';

import { createAgent, livelyPace } from './agent.ts';
import type { Pace } from './agent.ts';
import { Board } from './board.ts';
import { makeChoices } from './choices.ts';
import type { ChoiceName } from './choices.ts';
import { Presence } from './presence.ts';
import { createChatQueue } from './queue.ts';
import type { ChatQueue } from './queue.ts';
import { createRoutes } from './routes.ts';

export interface GatewayOptions {
  /** 0 takes any that is free. */
  readonly port: number;
  /** Who may listen in: default only this machine. */
  readonly hostname?: string;
  /** Default a word every 140 ms. */
  readonly pace?: Pace;
  /** How long a burst has to be over under `debounce`: default 1,000 ms. */
  readonly quietMs?: number;
  /** How long a page may be away before what it sent is aborted: default 5,000 ms. */
  readonly leaveMs?: number;
}

/** A gateway that listens. */
export interface Gateway {
  readonly url: string;
  readonly queue: ChatQueue;
  readonly board: Board;
  readonly presence: Presence;
  /**
   * Takes no more messages, lets what is there be answered for `drainMs`, aborts the rest, and then lets every page
   * go. Until then the pages see how it ends. A second call joins the first.
   */
  close(drainMs: number): Promise<void>;
}

/** How long what was written last may take to reach the pages. */
const goodbyeMs = 500;

const users = ['Ada', 'Bob', 'Cleo'];

/**
 * Starts the gateway.
 *
 * @throws Error when nothing can listen at that port, with what to do about it.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { port, hostname = '127.0.0.1', pace = livelyPace, quietMs = 1000, leaveMs = 5000 } = options;
  const choices = makeChoices(quietMs);
  let chosen: ChoiceName = 'fifo';
  const board = new Board(users, () => queue);
  const agent = createAgent(pace, (note) => board.note(note));
  const queue = createChatQueue(agent, () => choices[chosen]);
  queue.subscribe(board.onEvent);
  const presence = new Presence(leaveMs);
  const closing = new AbortController();
  const routes = createRoutes({
    users,
    choices,
    queue,
    board,
    presence,
    closing: closing.signal,
    chosen: () => chosen,
    choose: (name) => {
      chosen = name;
      board.tell({ type: 'chosen', name });
    },
  });

  const answer = getRequestListener(routes.fetch);
  const server = createServer((request, response) => void answer(request, response));
  server.listen(port, hostname);
  await once(server, 'listening').catch((cause: unknown) => {
    throw new Error(explain(port, cause), { cause });
  });

  const shutDown = async (drainMs: number): Promise<void> => {
    await queue.close({ drainMs });
    // Listeners are told of the last turn's end soon after it, and the pages are to be shown that.
    await setImmediate();
    presence.close();
    closing.abort();
    server.close();
    // Browsers keep connections open that they have not used yet, for which a server waits as for a slow request.
    const cutting = setTimeout(() => server.closeAllConnections(), goodbyeMs);
    await once(server, 'close');
    clearTimeout(cutting);
  };
  let closed: Promise<void> | undefined;
  return {
    url: `http://${hostname}:${(server.address() as AddressInfo).port}/`,
    queue,
    board,
    presence,
    close: (drainMs) => (closed ??= shutDown(drainMs)),
  };
}

function explain(port: number, cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'EADDRINUSE') return `port ${port} is in use: choose another one with --port or PORT`;
  if (code === 'EACCES') return `port ${port} is not for everyone: choose one above 1023 with --port or PORT`;
  return `can't listen at port ${port}: ${String(cause)}`;
}
