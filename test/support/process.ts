/** A process of the product, started as in production, whose JSON lines can be waited for and which can be killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { until } from './wait.ts';

export const ROOT = path.resolve(import.meta.dirname, '../..');

export type Line = Readonly<Record<string, unknown>>;

export class ProductProcess {
  readonly child: ChildProcess;
  /** JSON lines from standard output, in order: log events and reports. */
  readonly lines: Line[] = [];
  /** Everything else that was said, standard error included. */
  said = '';
  readonly ended: Promise<number | null>;

  /** @param words arguments of node, the first a file of the product */
  constructor(words: readonly string[], options: { readonly ipc?: boolean; readonly env?: Record<string, string> } = {}) {
    this.child = spawn(process.execPath, words, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe', ...(options.ipc ? ['ipc' as const] : [])],
      env: { ...process.env, ...options.env },
    });
    if (!this.child.stdout || !this.child.stderr) throw new Error('the process has no output');
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      try {
        this.lines.push(JSON.parse(line) as Line);
      } catch {
        this.said += `${line}\n`;
      }
    });
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.said += text));
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
  }

  /** The first line at or after `from` for which `matches` holds. */
  async line(what: string, matches: (line: Line) => boolean, options: { readonly from?: number; readonly limitMs?: number } = {}): Promise<Line> {
    return until(
      `${what}; it said: ${this.said.slice(-2_000)}`,
      () => {
        const found = this.lines.slice(options.from ?? 0).find(matches);
        if (!found && this.child.exitCode !== null) throw new Error(`The process ended (${this.child.exitCode}) before ${what}: ${this.said.slice(-2_000)}`);
        return found;
      },
      options.limitMs ?? 20_000,
    );
  }

  event(name: string, options: { readonly from?: number; readonly limitMs?: number; readonly where?: (line: Line) => boolean } = {}): Promise<Line> {
    return this.line(`event ${name}`, (line) => line['event'] === name && (options.where?.(line) ?? true), options);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    return this.ended;
  }
}

/** Runs a command of the product to its end. @returns standard output as text */
export async function runProduct(words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, words, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    let complained = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complained += text));
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(said) : reject(new Error(`${words.join(' ')} ended with ${code}: ${complained}${said}`))));
  });
}
