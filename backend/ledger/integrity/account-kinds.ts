/** Reads the names of ledger accounts. Pure. */

export type AccountKind = 'issued' | 'pocket' | 'spent' | 'given' | 'exchanged' | 'expired' | 'cash' | 'claim' | 'sold';

export interface NamedAccount {
  readonly kind: AccountKind;
  /** The scheme an account names itself; undefined for pockets, cash and claims. */
  readonly scheme?: string;
  /** Of a pocket or claim. */
  readonly account?: string;
  /** Of a pocket: the lot; of a claim: the sale. */
  readonly of?: string;
}

/** @returns undefined when it is not the name of a ledger account */
export function readAccount(name: string): NamedAccount | undefined {
  const [kind, first = '', second, ...more] = name.split('/');
  if (first === '' || more.length > 0) return undefined;
  switch (kind) {
    case 'issued':
    case 'exchanged':
    case 'expired':
    case 'sold':
      return second === undefined ? { kind, scheme: first } : undefined;
    case 'spent':
    case 'given':
      return second ? { kind, scheme: first } : undefined;
    case 'pocket':
    case 'claim':
      return second ? { kind, account: first, of: second } : undefined;
    case 'cash':
      return second === undefined ? { kind } : undefined;
    default:
      return undefined;
  }
}

/** Cash, claims and sales are in yen; everything else is in the unit of its scheme. */
export const isMoney = (kind: AccountKind): boolean => kind === 'cash' || kind === 'claim' || kind === 'sold';

const UNKNOWN_LOT = 'not-yet-known-';
/** The scheme of a lot that a device had not heard of, by its name. */
export const schemeOfUnknownLot = (lot: string): string | undefined => (lot.startsWith(UNKNOWN_LOT) ? lot.slice(UNKNOWN_LOT.length) : undefined);
