/** Runs in a competitor's process: loads its adapter and does the jobs that the benchmark sends, one at a time. */
import { checkManners } from './check-manners.ts';
import { checkWorkload } from './check-workload.ts';
import type { Question, Reply } from './job.ts';
import { measureMemory } from './measure-memory.ts';
import { measureRound } from './measure-time.ts';
import type { CreatePeerQueue } from './peer.ts';

process.on('message', (question: Question) => {
  void reply(question);
});

// Without the benchmark there is nobody to work for.
process.on('disconnect', () => {
  process.exit();
});

async function reply(question: Question): Promise<void> {
  let answered: Reply;
  try {
    answered = { answer: await doJob(await loadPeer(process.argv[2]), question) };
  } catch (error) {
    answered = { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  process.send?.(answered);
}

function doJob(createQueue: CreatePeerQueue, question: Question): Promise<unknown> {
  switch (question.kind) {
    case 'load':
      return Promise.resolve(null);
    case 'time':
      return measureRound(createQueue, question.job);
    case 'memory':
      return measureMemory(createQueue, question.job);
    case 'workload':
      return checkWorkload(createQueue, question.job);
    case 'manners':
      return checkManners(createQueue);
    default:
      return Promise.reject(new Error(`unknown job ${String(question satisfies never)}`));
  }
}

async function loadPeer(name: string | undefined): Promise<CreatePeerQueue> {
  // The name is known at run time only, so that a competitor's process loads its own adapter and nothing else. That every
  // adapter is one is what the type of its export says.
  const adapter = (await import(`./peers/${String(name)}.ts`)) as { readonly createPeerQueue: CreatePeerQueue };
  return adapter.createPeerQueue;
}
