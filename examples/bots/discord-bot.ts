/**
 * A Discord bot, on discord.js, that is never busy with what is out of date: a new message of the same person stops the
 * answer to the one before, and the new answer takes both into account.
 */
import { Client, Events, GatewayIntentBits, Partials } from 'discord.js';
import type { ClientOptions, Message } from 'discord.js';

// A program of your own imports these from '@tinyclaw/queue' and '@tinyclaw/queue/policies'.
import { createSessionQueue, QueueError } from '../../src/index.ts';
import type { MessageQueue } from '../../src/index.ts';
import { interrupt } from '../../src/policies/index.ts';

/** Answers what one person has said since the last answer. It has to stop when the signal aborts. */
export type Agent = (texts: readonly string[], signal: AbortSignal) => Promise<string>;

export interface DiscordBot {
  readonly client: Client;
  readonly queue: MessageQueue<Message, void>;
}

export function createDiscordBot(agent: Agent, options: Partial<ClientOptions> = {}): DiscordBot {
  /** By session, what was left without an answer. */
  const missed = new Map<string, readonly string[]>();

  const queue = createSessionQueue<Message, void>({
    run: async (turn) => {
      const texts = [...(missed.get(turn.key) ?? []), turn.input.content];
      try {
        const answer = await agent(texts, turn.signal);
        // An agent that doesn't look at its signal has an answer that nobody wants any more.
        turn.signal.throwIfAborted();
        missed.delete(turn.key);
        await turn.input.reply(answer);
      } catch (error) {
        if (!isUnwanted(turn.signal)) await turn.input.reply('That went wrong, sorry.');
        throw error;
      }
    },
    policy: interrupt,
    // A turn that was interrupted, or a message that a newer one has replaced: the next turn is told.
    onDrop: ({ key, message, code }) => {
      if (code === 'interrupted' || code === 'replaced') {
        missed.set(key, [...(missed.get(key) ?? []), message.content]);
      } else missed.delete(key);
    },
    concurrency: 32,
    timeoutMs: 120_000,
    // Without it, a turn that ignores its signal would keep the new one waiting.
    graceMs: 10_000,
  });

  const client = new Client({
    intents: [
      GatewayIntentBits.Guilds,
      GatewayIntentBits.GuildMessages,
      GatewayIntentBits.DirectMessages,
      GatewayIntentBits.MessageContent,
    ],
    // Without it, the first private message of a channel that the client hasn't seen isn't told.
    partials: [Partials.Channel],
    ...options,
  });

  client.on(Events.MessageCreate, (message) => {
    if (message.author.bot) return;
    // People of one channel don't interrupt each other.
    const key = `${message.channelId}:${message.author.id}`;
    // The gateway tells some messages again after it was reconnected. Reading the outcome says that its failure is
    // dealt with.
    void queue.enqueue(key, message, { id: message.id }).outcome;
  });

  return { client, queue };
}

function isUnwanted({ reason }: AbortSignal): boolean {
  return reason instanceof QueueError && (reason.code === 'interrupted' || reason.code === 'cancelled');
}
