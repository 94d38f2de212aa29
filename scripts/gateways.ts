/** Plays the story of two gateways, one of which is killed while it answers: `npm run gateways`. */
import { runScript } from './run-command.ts';
import { startExample } from './start-example.ts';

await runScript(startExample('examples/gateways'));
