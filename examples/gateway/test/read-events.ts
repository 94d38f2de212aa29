/** Reads a gateway's server-sent events as a program would that is no browser. */
import type { Card, Change, Lane } from '../board.ts';

interface Snapshot {
  readonly type: 'snapshot';
  readonly cards: readonly Card[];
  readonly lanes: readonly Lane[];
  readonly chosen: string;
}

export type Told = Change | Snapshot;

/** A feed that is being read. */
export interface EventReader {
  /** Resolves with the first event from here on for which this is true; those before it are passed over. */
  readonly until: (isIt: (told: Told) => boolean) => Promise<Told>;
  /** Resolves when the server has ended the feed. */
  readonly end: () => Promise<void>;
  /** Leaves, as a browser does whose tab is closed. */
  readonly leave: () => void;
}

/** Opens `/events`, in the name of a page if one is given. */
export async function readEvents(url: string, page?: string): Promise<EventReader> {
  const leaving = new AbortController();
  const query = page === undefined ? '' : `?page=${page}`;
  const response = await fetch(`${url}events${query}`, { signal: leaving.signal });
  if (!response.ok || response.body === null) throw new Error(`${response.status} ${await response.text()}`);
  const events = parse(response.body);
  const until = async (isIt: (told: Told) => boolean): Promise<Told> => {
    for (;;) {
      const { done, value } = await events.next();
      if (done === true) throw new Error('the feed has ended');
      if (isIt(value)) return value;
    }
  };
  const end = async (): Promise<void> => {
    while ((await events.next()).done !== true) continue;
  };
  return { until, end, leave: () => leaving.abort() };
}

async function* parse(body: ReadableStream<Uint8Array>): AsyncGenerator<Told, void> {
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const [, type = ''] = /^event: (.*)$/m.exec(event) ?? [];
      const [, data = ''] = /^data: (.*)$/m.exec(event) ?? [];
      yield { type, ...(JSON.parse(data) as object) } as Told;
    }
  }
}
