/** A code scanner in memory, for tests of what stands above the scanner's seam. */
import type { CodeScan } from '../../hardware/scanner/card-code.ts';
import type { CodeScanner, ScannerStatus } from '../../hardware/scanner/code-scanner.ts';

export class ScriptedScanner implements CodeScanner {
  #status: ScannerStatus = { kind: 'ready' };
  readonly #changeListeners = new Set<() => void>();
  readonly #scanListeners = new Set<(scan: CodeScan) => void>();

  status(): ScannerStatus {
    return this.#status;
  }
  onChange(listener: () => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }
  onScan(listener: (scan: CodeScan) => void): () => void {
    this.#scanListeners.add(listener);
    return () => this.#scanListeners.delete(listener);
  }
  async close(): Promise<void> {
    this.#changeListeners.clear();
    this.#scanListeners.clear();
  }

  /** Shows a paper card with this identifier (hexadecimal, 16 bytes). */
  show(identifier: string): void {
    this.#scan({ kind: 'card', identifier: Uint8Array.from(Buffer.from(identifier, 'hex')) });
  }
  /** Shows something that is no card, or one that is not read right. */
  showUnusable(kind: 'foreign' | 'damaged'): void {
    this.#scan({ kind });
  }
  setStatus(status: ScannerStatus): void {
    this.#status = status;
    for (const listener of this.#changeListeners) listener();
  }

  #scan(scan: CodeScan): void {
    for (const listener of this.#scanListeners) listener(scan);
  }
}
