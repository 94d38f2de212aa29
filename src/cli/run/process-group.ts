/** Ends a child process together with whatever it has started. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

/** Windows has none: there only the child itself can be ended. */
export const hasProcessGroups: boolean = process.platform !== 'win32';

/** How long a process group has for an orderly end. */
const killAfterMs = 2_000;
const pollMs = 20;

/**
 * Sends SIGTERM, and SIGKILL to what is still there two seconds later. Resolves when the group is
 * gone or was killed. The child must be the leader of its group (`detached`).
 */
export async function endProcessGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const target = hasProcessGroups ? -child.pid : child.pid;
  let isThere = send(target, 'SIGTERM');
  for (let waitedMs = 0; isThere && waitedMs < killAfterMs; waitedMs += pollMs) {
    await delay(pollMs);
    isThere = send(target, 0);
  }
  if (!isThere) return;
  send(target, 'SIGKILL');
  // What has left the group could hold the pipes open, and the child would never count as closed.
  child.stdout?.destroy();
  child.stderr?.destroy();
}

/** Signal 0 only asks. False when nobody is there any more. */
function send(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, signal);
  } catch {
    return false;
  }
}
