/** A slip printer in memory, for tests of what stands above the printer's seam. */
import { failureOf, type PrinterStatus, type PrintOutcome, type SlipJob, type SlipPrinter } from '../../hardware/printer/slip-printer.ts';

export class ScriptedPrinter implements SlipPrinter {
  #status: PrinterStatus = { kind: 'ready', paper: 'enough' };
  #held: Array<() => void> | null = null;
  readonly #listeners = new Set<() => void>();
  /** What the next job ends in; printed when nothing is set. */
  nextOutcome: PrintOutcome | undefined;
  readonly printed: SlipJob[] = [];
  jobs = 0;

  status(): PrinterStatus {
    return this.#status;
  }
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  async print(job: SlipJob, onSending?: () => void): Promise<PrintOutcome> {
    this.jobs += 1;
    if (this.#status.kind !== 'ready' && this.#status.kind !== 'starting') return failureOf(this.#status, false);
    onSending?.();
    if (this.#held) await new Promise<void>((resolve) => this.#held?.push(resolve));
    const outcome = this.nextOutcome ?? ({ kind: 'printed', proof: 'marker' } as const);
    this.nextOutcome = undefined;
    if (outcome.kind === 'printed') this.printed.push(job);
    return outcome;
  }
  async close(): Promise<void> {
    this.#listeners.clear();
  }

  setStatus(status: PrinterStatus): void {
    this.#status = status;
    for (const listener of this.#listeners) listener();
  }
  hold(): void {
    this.#held ??= [];
  }
  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const go of held) go();
  }
}
