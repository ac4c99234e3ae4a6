/**
 * A stored-value card that has no value of its own and only points to an account: what the profiles that anybody can copy have in
 * common. Must never claim that the card is genuine, or that anything was written on it.
 */
import { mayApply, type ApplyOutcome, type CardOperation, type CardRead, type SettleOutcome, type StoredValueCard } from './stored-value.ts';

export interface PointingCard {
  readonly profile: 'plain-identifier' | 'code';
  readonly identifier: Uint8Array;
  /** Whether the card is still there, as far as is known without asking it. */
  readonly whereabouts: () => 'here' | 'card-moved' | 'reader-lost';
  /** The same, as surely as it can be known; asked before value moves. */
  readonly confirm: () => Promise<'here' | 'card-moved' | 'reader-lost' | 'refused'>;
}

export function pointingCard({ profile, identifier, whereabouts, confirm }: PointingCard): StoredValueCard {
  const capabilities = { valueOnCard: false, offlineProof: false, authenticated: false } as const;
  return {
    profile,
    capabilities,
    identifier,

    async read(): Promise<CardRead> {
      const state = whereabouts();
      return state === 'here' ? { kind: 'read', pockets: new Map(), counter: null } : { kind: state };
    },

    async history() {
      const state = whereabouts();
      return state === 'here' ? { kind: 'read', operations: [] } : { kind: state };
    },

    /** Only makes sure that this very card is still there; what moves, moves in the ledger. A lost answer changes nothing. */
    async apply(operation: CardOperation): Promise<ApplyOutcome> {
      if (!mayApply(capabilities, operation)) return { kind: 'not-committed', why: 'needs-staff' };
      const state = await confirm();
      return state === 'here' ? { kind: 'committed', evidence: { kind: 'none' } } : { kind: 'not-committed', why: state };
    },

    /** Nothing is ever written on this card, so it can tell nothing: what the ledger did not commit did not happen. */
    async settle(): Promise<SettleOutcome> {
      return { kind: 'not-committed' };
    },
  };
}
