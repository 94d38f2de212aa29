/** Several worker processes on one Redis, and what they did: a history that is checked over all of them. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';

interface Started {
  readonly key: string;
  readonly input: number;
  readonly epoch: number;
}

export interface Accepted {
  readonly key: string;
  readonly input: number;
  readonly epoch: number;
}

export class Fleet {
  readonly started: Started[] = [];
  readonly #port: number;
  readonly #name: string;
  readonly #workMs: number;
  readonly #children: Set<ChildProcess> = new Set();

  constructor(port: number, name: string, workMs: number) {
    this.#port = port;
    this.#name = name;
    this.#workMs = workMs;
  }

  get workers(): readonly ChildProcess[] {
    return [...this.#children];
  }

  async add(): Promise<ChildProcess> {
    const isSource = import.meta.url.endsWith('.ts');
    const program = fileURLToPath(new URL(`programs/worker.${isSource ? 'ts' : 'js'}`, import.meta.url));
    const parts = [
      ...(isSource ? ['--conditions=source'] : []),
      program,
      String(this.#port),
      this.#name,
      String(this.#workMs),
    ];
    const child = spawn(process.execPath, parts, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    const lines = createInterface({ input: child.stdout });
    await new Promise<void>((resolve) => {
      lines.on('line', (line) => {
        const told = JSON.parse(line) as Started & { readonly at: 'ready' | 'start' };
        if (told.at === 'ready') resolve();
        else this.started.push(told);
      });
    });
    return child;
  }

  async kill(child: ChildProcess): Promise<void> {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async end(): Promise<void> {
    await Promise.all(this.workers.map((child) => this.kill(child)));
  }
}

/** Each entry is accepted once, in its session's order, by epochs that grow; and nothing that a zombie did was. */
export function checkHistory(accepted: readonly Accepted[], sessions: number, entries: number): void {
  assert.equal(accepted.length, sessions * entries);
  const bySession = new Map<string, Accepted[]>();
  for (const end of accepted) bySession.set(end.key, [...(bySession.get(end.key) ?? []), end]);
  assert.equal(bySession.size, sessions);
  for (const [key, ends] of bySession) {
    const inOrder = ends.toSorted((one, other) => one.input - other.input);
    assert.deepEqual(
      inOrder.map(({ input }) => input),
      Array.from({ length: entries }, (_, index) => index),
      `the entries of ${key}`,
    );
    for (const [index, { epoch }] of inOrder.entries()) {
      const before = inOrder[index - 1]?.epoch ?? 0;
      assert.ok(epoch > before, `${key}: the epochs grow with the entries: ${before}, ${epoch}`);
    }
  }
}
