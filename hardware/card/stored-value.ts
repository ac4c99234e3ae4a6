/**
 * The seam for stored-value cards. No caller sees which profile is behind it, except through the stated capabilities. The plain
 * identifier profile (value in the ledger, the card only points to it) is the first one; authenticated profiles stand beside it.
 */

export interface CardCapabilities {
  /** True when the value itself is kept on the card; false when the card only points to an account. */
  readonly valueOnCard: boolean;
  /** True when the card gives a proof of each movement that the backend can check. */
  readonly offlineProof: boolean;
  /** True when the card proved it is genuine; a plain identifier can be copied by anyone. */
  readonly authenticated: boolean;
}

export interface CardMovement {
  readonly pocket: string;
  readonly kind: 'credit' | 'debit';
  /** Positive integer of the pocket's unit. */
  readonly amount: number;
}

export type CardRead =
  | { readonly kind: 'read'; readonly pockets: ReadonlyMap<string, number>; readonly counter: number | null }
  | { readonly kind: 'card-moved' }
  | { readonly kind: 'reader-lost' };

export type ApplyOutcome =
  | { readonly kind: 'committed'; readonly evidence: string | null }
  | { readonly kind: 'not-committed'; readonly why: 'card-moved' | 'reader-lost' | 'refused' }
  /** The answer to the commit was lost. Never send again; decide by `settle` when the card is seen next. */
  | { readonly kind: 'unknown' };

export interface StoredValueCard {
  readonly profile: string;
  readonly capabilities: CardCapabilities;
  /** The card's own identifier. Lives only in memory; the agent keeps a keyed hash of it. */
  readonly identifier: Uint8Array;
  read(): Promise<CardRead>;
  /** Applies all movements at once or none, under one operation id. */
  apply(operationId: string, movements: readonly CardMovement[]): Promise<ApplyOutcome>;
  /** Decides an unknown operation by reading the card. */
  settle(operationId: string): Promise<ApplyOutcome>;
}
