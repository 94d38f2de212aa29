/**
 * An agent with the AI SDK that can be steered. What a user says while the agent works is told to the model at the next
 * safe point, which is between two steps; what comes later is the next turn. One session has one conversation.
 */
import { streamText } from 'ai';
import type { LanguageModel, ModelMessage, ToolSet } from 'ai';

// A program of your own imports these from '@tinyclaw/queue'.
import { createSessionQueue } from '../../src/index.ts';
import type { MessageQueue, MessageQueueOptions, MessageTurn } from '../../src/index.ts';

export interface AgentOptions {
  readonly model: LanguageModel;
  readonly tools: ToolSet;
  /** Hears the answer as it is written. */
  readonly onText: (sessionKey: string, text: string) => void;
  /** For tests, which bring a clock of their own. */
  readonly makeQueue?: (options: MessageQueueOptions<string, string>) => MessageQueue<string, string>;
}

/** A queue whose turns are runs of the agent. Each gives the whole answer. */
export function createAgent({
  model,
  tools,
  onText,
  makeQueue = createSessionQueue,
}: AgentOptions): MessageQueue<string, string> {
  const conversations = new Map<string, readonly ModelMessage[]>();

  const run = async (turn: MessageTurn<string>): Promise<string> => {
    const messages = [...(conversations.get(turn.key) ?? []), ...turn.inputs.map(toUserMessage)];
    for (let steps = 1; ; steps += 1) {
      const step = await runStep(turn, messages);
      // Since the model's last word the turn may have been aborted: then nobody was told what it said.
      turn.signal.throwIfAborted();
      messages.push(...step.messages);
      if (!step.wantsToGoOn || steps === mostSteps) {
        // Kept at the end, or not at all. A turn that fails or is aborted leaves the conversation as it was, and what
        // it has taken goes back to the line: so each message is in the conversation, or still to come.
        conversations.set(turn.key, messages);
        return step.text;
      }
      // The safe point: the tools have ended, and the model hasn't been asked what to do about it.
      messages.push(...turn.take().map(toUserMessage));
    }
  };

  const runStep = async (turn: MessageTurn<string>, messages: readonly ModelMessage[]): Promise<Step> => {
    // One step by default. The signal stops the request and the tools.
    const result = streamText({
      model,
      tools,
      messages: [...messages],
      abortSignal: turn.signal,
      onError: () => undefined,
    });
    let text = '';
    for await (const part of result.stream) {
      // Each part is a sign of life: the watchdog counts from here.
      turn.progress();
      if (part.type === 'error') throw part.error;
      if (part.type !== 'text-delta') continue;
      text += part.text;
      onText(turn.key, part.text);
    }
    return {
      text,
      messages: await result.responseMessages,
      wantsToGoOn: (await result.finishReason) === 'tool-calls',
    };
  };

  // A model may take its time, but not 30 seconds without a word.
  return makeQueue({ run, idleTimeoutMs: 30_000, timeoutMs: 600_000, concurrency: 32 });
}

interface Step {
  readonly text: string;
  readonly messages: readonly ModelMessage[];
  /** Whether there are results of tools, which the model has not seen yet. */
  readonly wantsToGoOn: boolean;
}

const mostSteps = 20;

function toUserMessage(content: string): ModelMessage {
  return { role: 'user', content };
}
