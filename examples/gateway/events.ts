/** The feed to one page: server-sent events, for as long as somebody reads them. */
import type { SSEStreamingApi } from 'hono/streaming';

import type { Board, Change } from './board.ts';
import type { ChoiceName } from './choices.ts';

/** How many changes may wait for a slow reader. */
const maxUnsent = 2000;

/** How soon a page that has lost its connection tries again. */
const retryMs = 1000;

/**
 * Sends all that the board shows, and then every change, each as one JSON object. Ends when the reader has left, when
 * it is too slow, or when `closing` aborts and what was before that is sent. A page that comes again begins with the
 * whole board, so it misses nothing.
 */
export async function sendEvents(
  stream: SSEStreamingApi,
  board: Board,
  chosen: () => ChoiceName,
  closing: AbortSignal,
): Promise<void> {
  const unsent: Change[] = [];
  const over = new AbortController();
  let wake: () => void = () => undefined;
  const end = (): void => {
    over.abort();
    wake();
  };
  const next = async (): Promise<readonly Change[]> => {
    if (unsent.length === 0 && !over.signal.aborted) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return unsent.splice(0);
  };
  // Nothing happens between this and the snapshot, so that nothing is missed and nothing told twice.
  const unlisten = board.listen((change) => {
    if (over.signal.aborted) return;
    unsent.push(change);
    if (unsent.length > maxUnsent) {
      unsent.length = 0;
      // This also ends the write that waits for the reader.
      stream.abort();
    }
    wake();
  });
  const snapshot = { cards: board.cards, lanes: board.lanes, chosen: chosen(), nowMs: Date.now() };
  stream.onAbort(end);
  closing.addEventListener('abort', end);
  if (closing.aborted) end();
  try {
    await stream.writeSSE({ event: 'snapshot', data: JSON.stringify(snapshot), retry: retryMs });
    for (let changes = await next(); changes.length > 0; changes = await next()) {
      for (const change of changes) await stream.writeSSE({ event: change.type, data: JSON.stringify(change) });
    }
  } finally {
    unlisten();
    closing.removeEventListener('abort', end);
  }
}
