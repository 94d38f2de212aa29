/** What the command's exit code says. */
import { constants } from 'node:os';

export const exitCodes = {
  ok: 0,
  /** A line, or the run itself, failed. */
  failed: 1,
  /** The words of the command line make no sense, or a file they name can't be opened. */
  usage: 2,
  /** Who read the results has left: 128 and 13, as for a process that dies of SIGPIPE. */
  brokenPipe: 141,
} as const;

/** 130 for SIGINT, 143 for SIGTERM: what a shell gives for a process that the signal ended. */
export function exitCodeOf(signal: 'SIGINT' | 'SIGTERM'): number {
  return 128 + constants.signals[signal];
}
