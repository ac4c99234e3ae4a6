/**
 * The port to a regional-currency platform that keeps the value of some schemes. Two steps, each under the same key for ever: `reserve` asks whether
 * it can be done and sets it aside, `confirm` does it. Asking again under a key changes nothing and is answered as the first time.
 */
import type { AccountId, SchemeId } from '../../contract/ids.ts';

export interface PlatformTransfer {
  /** Never used for another transfer, and never forgotten. */
  readonly key: string;
  readonly accountId: AccountId;
  readonly schemeId: SchemeId;
  /** `credit`: the account gets more. */
  readonly direction: 'credit' | 'debit';
  /** A positive integer of the scheme's unit. */
  readonly amount: number;
}

/** What the platform knows of a key. */
export type TransferState = 'reserved' | 'confirmed' | 'cancelled';

export type PlatformRefusal =
  /** The platform has no such account or scheme. */
  | 'unknown-account'
  | 'not-enough'
  /** The key stands for another transfer. */
  | 'key-reused'
  /** It was cancelled before: nobody may confirm it any more. */
  | 'cancelled'
  /** It does not understand what was asked. */
  | 'bad-request';

export type PlatformAnswer<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  /** It will never do this. */
  | { readonly kind: 'refused'; readonly why: PlatformRefusal }
  /** Nobody knows whether it was done: it is asked again under the same key. */
  | { readonly kind: 'unknown'; readonly detail: string };

export interface ValuePlatform {
  reserve(transfer: PlatformTransfer): Promise<PlatformAnswer<PlatformTransfer & { readonly state: TransferState }>>;
  confirm(key: string): Promise<PlatformAnswer<{ readonly state: TransferState }>>;
  /** Gives what was reserved back. What is confirmed cannot be cancelled: it is answered as `confirmed`. */
  cancel(key: string): Promise<PlatformAnswer<{ readonly state: TransferState }>>;
  /** Confirmed credits less confirmed debits; reservations do not count. */
  balance(accountId: AccountId, schemeId: SchemeId): Promise<PlatformAnswer<{ readonly amount: number }>>;
}
