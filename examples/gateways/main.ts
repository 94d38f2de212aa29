/**
 * `npm run gateways`: two gateways behind a Redis of their own, one of which is killed while it answers. Ends by itself: with 0
 * when every message was answered once and in order, otherwise with 1.
 */
import { RedisServer, hasRedis } from '../../test/stores/bullmq/redis-server.ts';
import { GatewayProcess } from './gateway-process.ts';
import { Story, toSeconds } from './story.ts';
import { findFaults } from './verdict.ts';
import type { Happening } from './verdict.ts';

/** A message that is not answered by then is lost. */
const patienceMs = 60_000;

async function main(): Promise<boolean> {
  if (!hasRedis()) {
    throw new Error('This needs the program redis-server, which is not there. On Debian: apt-get install redis-server');
  }
  await using stage = new AsyncDisposableStack();
  let leaving: Promise<void> | undefined;
  const leave = (): void => {
    leaving ??= stage.disposeAsync().finally(() => process.exit(1));
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, leave);
  // Nobody reads on.
  process.stdout.on('error', leave);
  const redis = await RedisServer.start();
  stage.defer(() => redis.dispose());
  const story = new Story(console.log);
  const start = async (name: string): Promise<GatewayProcess> => {
    const url = `redis://127.0.0.1:${redis.port}`;
    const gateway = await GatewayProcess.start(name, url, (note) => story.hear({ ...note, by: name }));
    stage.defer(() => gateway.kill());
    return gateway;
  };
  const gateways = await Promise.all([start('A'), start('B')]);
  console.log(
    `Two gateways share a Redis, on port ${redis.port}. Each takes messages from everybody, and answers some users.`,
  );
  for (const { name, pid, url } of gateways) console.log(`  ${name} is process ${pid}, at ${url}`);
  console.log();

  const { happenings, takeoverMs } = await story.play(gateways, AbortSignal.timeout(patienceMs));
  const faults = findFaults(happenings);
  console.log();
  console.log('What was told:');
  for (const line of summarize(happenings)) console.log(line);
  console.log();
  if (takeoverMs !== undefined) console.log(`The takeover took ${toSeconds(takeoverMs)} s.`);
  for (const fault of faults) console.log(`WRONG: ${fault}`);
  if (faults.length === 0) console.log('Every message was answered exactly once, and those of each user in order.');
  for (const gateway of gateways) await gateway.close();
  return faults.length === 0;
}

function summarize(happenings: readonly Happening[]): readonly string[] {
  const by = (id: string, type: 'begins' | 'told'): readonly string[] =>
    happenings.flatMap((happening) => (happening.type === type && happening.id === id ? [happening.by] : []));
  const messages = happenings.flatMap((happening) => (happening.type === 'sent' ? [happening.message] : []));
  return messages
    .toSorted((one, other) => one.user.localeCompare(other.user))
    .map(({ user, id, text }) => {
      const begun = by(id, 'begins').slice(0, -1);
      const how = begun.length === 0 ? '' : `, after ${begun.join(', ')} had begun`;
      return `  ${user}  ${`“${text}”`.padEnd(20)} answered by ${by(id, 'told').join(', ') || 'nobody'}${how}`;
    });
}

await main().then(
  (isWell) => {
    process.exitCode = isWell ? 0 : 1;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  },
);
