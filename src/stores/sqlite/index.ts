/** @tinyclaw/queue/sqlite: entries that survive a crash of the process, on one machine. */
export { sqlite } from './sqlite.ts';
export type { SqliteOptions } from './sqlite.ts';
