/** The runtime's own channel for warnings, for what nobody has asked to be told. */

interface Runtime {
  emitWarning?(warning: Error): void;
}

/** Shows it on stderr where the runtime has warnings (Node, Bun, Deno); nothing otherwise. */
export function warn(error: Error): void {
  (globalThis as { process?: Runtime }).process?.emitWarning?.(error);
}
