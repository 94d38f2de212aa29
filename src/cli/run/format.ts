/** Numbers as people read them. */

/** `1,234` */
export function formatCount(count: number): string {
  return withSeparators.format(count);
}

const withSeparators = new Intl.NumberFormat('en');

/** `3 ms`, `4.2 s`, `3 min 20 s`, `2 h 5 min` */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.floor(durationMs)} ms`;
  const seconds = Math.floor(durationMs / 1_000);
  if (seconds < 60) return `${(Math.floor(durationMs / 100) / 10).toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
