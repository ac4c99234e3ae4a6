/**
 * The seam for scanners of printed codes. A code is shown and taken away again: there is no "leaves", and no answer can be asked of it.
 * What is not a town's card goes no further than its kind.
 */
import type { CodeScan } from './card-code.ts';

export type ScannerStatus =
  /** Its line is not there. */
  | { readonly kind: 'absent' }
  /** Not known yet: the line is being opened. */
  | { readonly kind: 'starting' }
  /** Its line is open. A scanner says nothing until it has seen a code, so more cannot be known. */
  | { readonly kind: 'ready' }
  /** `line-refused`: the line is there and cannot be opened – no permission, in use by another program. */
  | { readonly kind: 'faulty'; readonly why: 'line-refused' };

export interface CodeScanner {
  status(): ScannerStatus;
  /** Calls `listener` after every change of status. @returns a function that stops it */
  onChange(listener: () => void): () => void;
  /** Calls `listener` once for each showing of a code, however often the scanner reads it meanwhile. @returns a function that stops it */
  onScan(listener: (scan: CodeScan) => void): () => void;
  close(): Promise<void>;
}
