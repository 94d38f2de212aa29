/** What a model streams, for the SDK's mock model: texts, calls of tools, and the end of a step. */
import type { MockLanguageModelV4 } from 'ai/test';

type StreamResult = Awaited<ReturnType<MockLanguageModelV4['doStream']>>;

/** One part of the stream of a model. */
export type ModelPart = StreamResult['stream'] extends ReadableStream<infer Part> ? Part : never;

let count = 0;

/** A piece of text. */
export function say(text: string): readonly ModelPart[] {
  count += 1;
  const id = `text-${count}`;
  return [
    { type: 'text-start', id },
    { type: 'text-delta', id, delta: text },
    { type: 'text-end', id },
  ];
}

/** A wish to use a tool. */
export function callTool(toolName: string, input: object): readonly ModelPart[] {
  count += 1;
  return [{ type: 'tool-call', toolCallId: `call-${count}`, toolName, input: JSON.stringify(input) }];
}

export interface ModelStream {
  readonly readable: ReadableStream<ModelPart>;
  readonly write: (parts: readonly ModelPart[]) => void;
  /** Ends the step: with a wish to go on when a tool was called. */
  readonly end: () => void;
}

/** The stream of one step, which is written by hand and broken off by the signal, as that of a provider is. */
export function streamOf(signal: AbortSignal | undefined): ModelStream {
  let controller: ReadableStreamDefaultController<ModelPart> | undefined;
  const readable = new ReadableStream<ModelPart>({
    start: (started) => {
      controller = started;
    },
  });
  signal?.addEventListener('abort', () => controller?.error(signal.reason));
  let callsTool = false;
  const write = (parts: readonly ModelPart[]): void => {
    for (const part of parts) {
      callsTool ||= part.type === 'tool-call';
      controller?.enqueue(part);
    }
  };
  const end = (): void => {
    write([{ type: 'finish', usage, finishReason: { unified: callsTool ? 'tool-calls' : 'stop', raw: undefined } }]);
    controller?.close();
  };
  return { readable, write, end };
}

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 1, text: 1, reasoning: undefined },
};
