/**
 * A Telegram bot for group chats, on grammY. What one person says in several messages is answered once, an update that
 * is delivered twice is answered once, and the agent may ask back before it does something.
 */
import { Bot } from 'grammy';

// A program of your own imports these from '@tinyclaw/queue' and '@tinyclaw/queue/policies'.
import { createSessionQueue, QueueError } from '../../src/index.ts';
import type { DroppedMessage, MessageQueue, MessageQueueOptions, MessageTurn } from '../../src/index.ts';
import { cap, collect, debounce, pipe } from '../../src/policies/index.ts';

/** What the queue holds: plain data, as small as the answer needs it. */
interface Incoming {
  readonly chatId: number;
  readonly messageId: number;
  readonly senderId: number;
  readonly text: string;
}

interface Answering {
  /** Aborts when the answer is no longer wanted. */
  readonly signal: AbortSignal;
  /** Asks the person who is being answered; undefined when nobody has answered in time. */
  readonly ask: (question: string) => Promise<string | undefined>;
}

/** Answers what one person has said. */
export type Agent = (texts: readonly string[], answering: Answering) => Promise<string>;

export interface TelegramBot {
  readonly bot: Bot;
  readonly queue: MessageQueue<Incoming, void>;
}

/** The third is for tests, which bring a clock of their own. */
export function createTelegramBot(token: string, agent: Agent, makeQueue: MakeQueue = createSessionQueue): TelegramBot {
  const bot = new Bot(token);
  const isOfOnePerson = (one: Incoming, next: Incoming): boolean => one.senderId === next.senderId;

  const reply = ({ chatId, messageId }: Incoming, text: string): Promise<unknown> =>
    bot.api.sendMessage(chatId, text, { reply_parameters: { message_id: messageId } });

  const queue = makeQueue({
    // Whatever is said to the user is said in here, once for each turn, and not where the update came in: that happens
    // again with each delivery.
    run: async (turn) => {
      const ask = (question: string): Promise<string | undefined> => askSender(turn, question, reply);
      try {
        const texts = turn.inputs.map(({ text }) => text);
        const answer = await agent(texts, { signal: turn.signal, ask });
        // An agent that doesn't look at its signal has an answer that nobody wants any more.
        turn.signal.throwIfAborted();
        await reply(turn.input, answer);
      } catch (error) {
        // Who has said /stop knows that nothing comes.
        if (!isCancelled(turn.signal)) await reply(turn.input, 'That went wrong, sorry.');
        throw error;
      }
    },
    // At most 20 wait; who has finished typing is answered; and nobody's words get into another's turn.
    policy: pipe(cap(20, 'newest'), debounce(800, 4000), collect(isOfOnePerson)),
    onDrop: ({ message, code }: DroppedMessage<Incoming>) => {
      if (code === 'full') reply(message, 'One moment, I am still at your last messages.').catch(console.error);
    },
    concurrency: 32,
    timeoutMs: 120_000,
  });

  // Not queued: it is about what is in the queue.
  bot.command('stop', async (context) => {
    const { length } = queue.cancel(String(context.chat.id));
    await context.reply(`Stopped. ${length} of your messages were not begun.`);
  });

  bot.on('message:text', ({ update, chat, from, message }) => {
    const incoming = { chatId: chat.id, messageId: message.message_id, senderId: from.id, text: message.text };
    // Not awaited, so the next update can come. Reading the outcome says that its failure is dealt with.
    void queue.enqueue(String(chat.id), incoming, { id: String(update.update_id) }).outcome;
  });

  return { bot, queue };
}

type MakeQueue = (options: MessageQueueOptions<Incoming, void>) => MessageQueue<Incoming, void>;

const answerWithinMs = 60_000;

/**
 * Asks the sender of the turn's messages. The answer of anybody else would be a permission that they can't give; it is
 * taken all the same, so it gets a word.
 */
async function askSender(
  turn: MessageTurn<Incoming>,
  question: string,
  reply: (to: Incoming, text: string) => Promise<unknown>,
): Promise<string | undefined> {
  await reply(turn.input, question);
  for (;;) {
    const answer = await turn.receive(answerWithinMs);
    if (answer === undefined || answer.senderId === turn.input.senderId) return answer?.text;
    await reply(answer, 'One moment, I am waiting for an answer.');
  }
}

function isCancelled({ reason }: AbortSignal): boolean {
  return reason instanceof QueueError && reason.code === 'cancelled';
}
