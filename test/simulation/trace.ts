/** What happened in a run, in order: the same seed must give the same lines. Kept as a hash, and as lines when somebody wants to read them. */
import { createHash } from 'node:crypto';
import type { SimulatedTime } from './simulated-time.ts';

export class Trace {
  readonly #hash = createHash('sha256');
  readonly #time: SimulatedTime;
  /** Undefined when only the hash is wanted. */
  readonly lines: string[] | undefined;

  constructor(time: SimulatedTime, keepLines: boolean) {
    this.#time = time;
    this.lines = keepLines ? [] : undefined;
  }

  /** @param who a device, the network, the backend, the town */
  note(who: string, what: string, about: unknown = ''): void {
    const line = `${(this.#time.elapsed() / 1_000).toFixed(3)} ${who} ${what} ${typeof about === 'string' ? about : JSON.stringify(about)}`;
    this.#hash.update(`${line}\n`);
    this.lines?.push(line);
  }

  /** @returns 64 hexadecimal digits; the trace can be added to no more */
  end(): string {
    return this.#hash.digest('hex');
  }
}

/** Something that must never happen, happened. */
export class Faults {
  readonly sentences: string[] = [];
  readonly #trace: Trace;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  find(sentence: string): void {
    if (this.sentences.includes(sentence)) return;
    this.sentences.push(sentence);
    this.#trace.note('FAULT', sentence);
  }

  /** Notes `sentence` unless `holds`. */
  expect(holds: boolean, sentence: string): void {
    if (!holds) this.find(sentence);
  }
}
