/** What the backend says to a movement that a device reports. */
import type { CardEvidence } from '../../contract/card.ts';
import type { DeviceId } from '../../contract/ids.ts';
import type { Refusal } from '../../contract/refusal.ts';
import type { Movement } from '../../contract/value.ts';
import type { NamedCard } from '../cards/check-card.ts';
import type { EntryReference } from './anomalies.ts';

export type MovementFault =
  | 'operation-repeated'
  | 'unknown-operation'
  | 'no-entitlement'
  | 'already-taken'
  | 'withdrawn'
  | 'not-leased'
  /** Value that is kept in the ledger left an account that the device did not hold. */
  | 'not-held'
  | 'from-the-future'
  | 'against-the-rules'
  | 'differs'
  /** What the money was paid for has been loaded, or given back, already. */
  | 'claim-used'
  /** The account has not so much. Of a card with the value on it, that may change when another device reports a load: then it is posted. */
  | 'overdrawn'
  /** Posted, but the account is closed: a later transfer must fetch what is left there. */
  | 'value-on-closed-account';

export interface ClaimedMovement {
  /** Who reports it. */
  readonly deviceId: DeviceId;
  /** Of its journal, where the movement stands. */
  readonly entry: EntryReference;
  /** Under which device's entry faults are kept, when it is not the device's own. */
  readonly noticed?: { readonly deviceId: DeviceId; readonly seq: number };
  readonly movement: Movement;
  /** Null for cash, in which no card has a part. */
  readonly card: (NamedCard & { readonly evidence: CardEvidence }) | null;
  /** The device held the account when it reported the movement, which has waited since. */
  readonly heldThen?: boolean;
  /** Up to where the device had heard the feed when it reported the movement, which has waited since. */
  readonly heardThen?: number;
}

export interface Fault {
  readonly what: MovementFault;
  readonly detail: string;
}

export type Verdict =
  /** To be posted in this order: the movement as the backend made it, and what puts its lots right. */
  | { readonly ok: true; readonly post: readonly Movement[]; readonly note?: Fault }
  | ({ readonly ok: false } & Fault);

export const posted = (...post: Movement[]): Verdict => ({ ok: true, post });
export const fault = (what: MovementFault, detail: string): Extract<Verdict, { ok: false }> => ({ ok: false, what, detail });
export const againstTheRule = (rule: Refusal): Extract<Verdict, { ok: false }> => fault('against-the-rules', `The rules refuse it: ${rule}.`);
