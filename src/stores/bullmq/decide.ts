/** Decides about dead letters from outside of any queue, as `queue.deadLetters` does. */
import { Payloads } from '../payload.ts';
import { Activation } from './activation.ts';
import { BullmqDeadLetters } from './bullmq-dead-letters.ts';
import { LookConnection } from './look-connection.ts';
import type { QueueAddress } from './look-connection.ts';
import { queueNameOf } from './names.ts';

/**
 * Retries or drops the dead letters of a session, or one. Sessions that have work then get their jobs. Gives how many there were.
 *
 * @throws Error when Redis can't be reached, or the queue isn't there
 */
export async function decide(
  address: QueueAddress,
  key: string,
  id: string | undefined,
  what: 'retry' | 'drop',
): Promise<number> {
  const connection = await LookConnection.open(address);
  const { redis } = connection;
  try {
    await connection.requireQueue();
    const { prefix, name } = address;
    const server = { queueName: queueNameOf(prefix, name), connections: { commands: redis } };
    // BullMQ looks at the server when it is made: only when there is a job to make.
    const activate = async (keyTexts: Iterable<string>): Promise<void> => {
      const activation = new Activation(server, { prefix, onError: () => undefined, telemetry: {} });
      await activation.activate(keyTexts);
      await activation.close();
    };
    const payloads = new Payloads(undefined, undefined, undefined);
    const letters = new BullmqDeadLetters({ run: (script, args) => connection.run(script, args) }, payloads, {
      activate,
    });
    return await letters[what](key, id);
  } finally {
    connection.close();
  }
}
