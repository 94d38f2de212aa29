/** Starts the example gateway, installed first where it is missing: `npm run gateway -- --port 8787`. */
import { runScript } from './run-command.ts';
import { startExample } from './start-example.ts';

await runScript(startExample('examples/gateway'));
