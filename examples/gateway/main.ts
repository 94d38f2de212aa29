/** `npm run gateway -- --port 8787`: starts the gateway, and ends it in order on SIGTERM or SIGINT. */
import { parseArgs } from 'node:util';

import { startGateway } from './server.ts';

/** How long turns may go on after the signal. */
const drainMs = 3000;

async function main(): Promise<void> {
  const gateway = await startGateway({ port: readPort() });
  console.log(`The gateway is at ${gateway.url}`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      console.log(`${signal}: what is being answered has ${drainMs / 1000} s to end`);
      void gateway.close(drainMs).then(() => console.log('closed'));
    });
  }
}

function readPort(): number {
  const { values } = parseArgs({ options: { port: { type: 'string' } } });
  const written = values.port ?? process.env['PORT'] ?? '8787';
  const port = Number(written);
  if (/^\d+$/.test(written) && port <= 65_535) return port;
  throw new Error(`--port is ${JSON.stringify(written)}; expected a number from 0 to 65535`);
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
