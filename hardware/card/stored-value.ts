/**
 * The seam for stored-value cards. No caller sees which profile is behind it, except through the stated capabilities.
 *
 * Three rules hold for every profile. A command that might have moved value is sent once. An operation whose outcome is not known is
 * decided by reading, never by a clock. And what the card says is believed only as far as the card proved it: a card that proves
 * something impossible (a wrong MAC, a counter behind what it already showed) is `suspect` and is left alone.
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
  /** The scheme's id; names the pocket. */
  readonly pocket: string;
  readonly kind: 'credit' | 'debit';
  /** Positive integer of the pocket's unit. */
  readonly amount: number;
}

/** What is to happen on the card, all of it or nothing. */
export interface CardOperation {
  /** A UUID, made and stored before the card is touched. Its 16 bytes stand in the card's log. */
  readonly operationId: string;
  readonly movements: readonly CardMovement[];
  /** Staff stand by and have agreed. Without it, value never leaves through a card that is not authenticated. */
  readonly approval?: 'staff';
}

/** One operation in the card's own log. */
export interface LoggedOperation {
  readonly operationId: string;
  /** The card's counter after it. */
  readonly counter: number;
  readonly movements: readonly CardMovement[];
}

/** What the card left behind of a movement, for the backend to check. */
export type Evidence =
  /** No proof: the card only points to an account. */
  | { readonly kind: 'none' }
  /** Found in the card's authenticated log; its transaction MAC could not be had any more. */
  | { readonly kind: 'log'; readonly counter: number }
  /** DESFire: TMC and TMV of the committed transaction, and the bytes (TMI) that the TMV covers. */
  | { readonly kind: 'transaction-mac'; readonly counter: number; readonly transactionCounter: number; readonly value: Uint8Array; readonly input: Uint8Array }
  /** FeliCa Lite-S: the write counter under which the mirror was written, as the card itself confirmed it. */
  | { readonly kind: 'write-counter'; readonly counter: number; readonly writeCounter: number };

/** Why a card is not believed any more. Staff must see it; nothing is written on it. */
export type Suspicion =
  /** Its MAC, its authentication or its signature is wrong, although its key is known. */
  | 'not-genuine'
  /** What is on it contradicts itself: a balance that its value file does not have, a log without its last operation. */
  | 'inconsistent'
  /** Its counter is behind what it already showed: an earlier memory was put back, or it is a copy. */
  | 'rolled-back';

export type CardRead =
  | {
      readonly kind: 'read';
      /** By scheme id; empty when the value is not on the card. */
      readonly pockets: ReadonlyMap<string, number>;
      /** Grows by one with each operation; null when the card has none. */
      readonly counter: number | null;
    }
  | NoKey
  | { readonly kind: 'suspect'; readonly why: Suspicion }
  | { readonly kind: 'card-moved' }
  | { readonly kind: 'reader-lost' };

/** The card cannot be asked, because its keys could not be had (`CardKeysAnswer`). Says nothing against the card. */
export interface NoKey {
  readonly kind: 'no-key';
  readonly why: 'unknown-card' | 'not-here';
}

export type NotCommittedReason =
  | 'card-moved'
  | 'reader-lost'
  /** The card said no before anything was moved: too little value, over its limit, no room for another pocket. */
  | 'refused'
  /** The keys for this are not here. */
  | 'no-key'
  /** Value may not leave through this card unless staff agree. */
  | 'needs-staff'
  | 'suspect';

export type ApplyOutcome =
  | { readonly kind: 'committed'; readonly evidence: Evidence }
  | { readonly kind: 'not-committed'; readonly why: NotCommittedReason }
  /** The answer to the commit was lost. Never send again; decide by `settle` when the card is seen next. */
  | { readonly kind: 'unknown' };

export type SettleOutcome =
  | { readonly kind: 'committed'; readonly evidence: Evidence }
  /** Certain, and for ever: no command of that operation can still take effect. */
  | { readonly kind: 'not-committed' }
  /** The card's log does not reach back to it. Other records must decide. */
  | { readonly kind: 'unknown' }
  | NoKey
  | { readonly kind: 'suspect'; readonly why: Suspicion }
  | { readonly kind: 'card-moved' }
  | { readonly kind: 'reader-lost' };

export interface StoredValueCard {
  readonly profile: 'plain-identifier' | 'desfire' | 'felica-lite-s' | 'code';
  readonly capabilities: CardCapabilities;
  /** The card's own identifier. Lives only in memory; the agent keeps a keyed hash of it. */
  readonly identifier: Uint8Array;
  /** What the card holds now. Always asks the card; nothing is remembered from an earlier touch. */
  read(): Promise<CardRead>;
  /** The card's log, newest first; at least the last ten operations on a card that has one. */
  history(): Promise<{ readonly kind: 'read'; readonly operations: readonly LoggedOperation[] } | Exclude<CardRead, { kind: 'read' }>>;
  /** Applies all movements at once or none, under one operation id. */
  apply(operation: CardOperation): Promise<ApplyOutcome>;
  /**
   * Decides an operation whose outcome is not known by reading the card.
   * @param counterBefore the card's counter when the operation was prepared, from `read()`; null when the card has none
   */
  settle(operationId: string, counterBefore: number | null): Promise<SettleOutcome>;
}

/** Value may leave through a card that anybody can copy only with staff's consent. */
export function mayApply(capabilities: CardCapabilities, operation: CardOperation): boolean {
  return capabilities.authenticated || operation.approval === 'staff' || operation.movements.every(({ kind }) => kind === 'credit');
}
