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

/** A duration that is the difference of two wall clocks, which may be apart. */
export function formatAge(ageMs: number): string {
  const days = Math.floor(ageMs / 86_400_000);
  return days >= 3 ? `${formatCount(days)} days` : formatDuration(Math.max(ageMs, 0));
}

/** `1 dead letter`, `2 dead letters` */
export function describeCount(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `512 B`, `1.5 KiB`, `12.0 MiB` */
export function formatBytes(bytes: number): string {
  const units = ['KiB', 'MiB', 'GiB', 'TiB'] as const;
  let size = bytes;
  let unit = 'B';
  for (const larger of units) {
    if (size < 1024) break;
    size /= 1024;
    unit = larger;
  }
  return unit === 'B' ? `${bytes} B` : `${size.toFixed(1)} ${unit}`;
}
