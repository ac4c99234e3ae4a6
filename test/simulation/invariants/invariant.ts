import type { Evidence } from './evidence.ts';

/** A rule that holds at the end of every run. */
export interface Invariant {
  /** Begins the sentence of every fault it finds. */
  readonly name: string;
  readonly look: (evidence: Evidence, find: (sentence: string) => void) => void | Promise<void>;
}
