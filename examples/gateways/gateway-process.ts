/** A gateway as the process that it is: starts it, reads what it tells, and ends it, in order or by force. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import type { Note } from './gateway.ts';

export class GatewayProcess {
  readonly name: string;
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(name: string, url: string, child: ChildProcess) {
    this.name = name;
    this.url = url;
    this.#child = child;
  }

  /** Resolves when it can be asked. `onNote` is told whatever it tells from then on. */
  static async start(name: string, redis: string, onNote: (note: Note) => void): Promise<GatewayProcess> {
    const file = fileURLToPath(new URL('gateway.ts', import.meta.url));
    const child = spawn(process.execPath, [file, name, redis], { stdio: ['pipe', 'pipe', 'inherit'] });
    const url = await new Promise<string>((resolve, reject) => {
      createInterface(child.stdout).on('line', (line) => {
        const note = JSON.parse(line) as Note;
        if (note.type === 'ready') resolve(note.url);
        else onNote(note);
      });
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`gateway ${name} ended with ${code} before it was ready`)));
    });
    return new GatewayProcess(name, url, child);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends it as a platform does that is polite, unless it has ended. @throws Error when it does not end well */
  async close(): Promise<void> {
    await this.#end('SIGTERM');
    const { exitCode } = this.#child;
    if (exitCode !== null && exitCode !== 0) throw new Error(`gateway ${this.name} ended with ${exitCode}`);
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    await ended;
  }
}
