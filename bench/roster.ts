/** Who takes part in the benchmark, in the order of the tables. */

/** One competitor: the name that `--only` takes, which is that of its file in peers/, and the name that tables show. */
export interface Competitor {
  readonly name: string;
  readonly title: string;
}

export const roster: readonly Competitor[] = [
  { name: 'tinyclaw-queue', title: '**@tinyclaw/queue**' },
  { name: 'promise-chain', title: 'bare promise chain with clean-up' },
  { name: 'henrygd-queue', title: '@henrygd/queue 1.2.0' },
  { name: 'fastq', title: 'fastq 1.20.3' },
  { name: 'async-sema', title: 'async-sema 3.1.1' },
  { name: 'es-toolkit', title: 'es-toolkit 1.53.2 Mutex' },
  { name: 'sapphire-async-queue', title: '@sapphire/async-queue 1.5.5' },
  { name: 'async-mutex', title: 'async-mutex 0.5.0' },
  { name: 'p-limit', title: 'p-limit 7.3.3' },
  { name: 'p-queue', title: 'p-queue 10.0.0' },
  { name: 'async-lock', title: 'async-lock 1.5.0' },
  { name: 'effect', title: 'effect 4.1.0 PartitionedSemaphore' },
  { name: 'bottleneck', title: 'bottleneck 2.19.5 Group' },
  { name: 'direct-call', title: 'no queue: `await task()`' },
];

/** What every ratio is measured against. */
export const baselineName = 'promise-chain';

/** Who keeps no order, and so has neither lines to weigh nor promises to break. */
export const unqueuedName = 'direct-call';
