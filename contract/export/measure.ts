/** In what a posting counts. Amounts of different measures are never added up, and a movement balances in each of them by itself. Pure. */
import type { SchemeId } from '../ids.ts';
import { SchemeId as SchemeIdSchema } from '../ids.ts';
import { pocketAccount, type LedgerAccount, type Lot, type Movement, type Posting } from '../value.ts';

/** Yen that change hands, or value of one scheme in that scheme's unit. */
export type Measure = { readonly kind: 'money' } | { readonly kind: 'scheme'; readonly schemeId: SchemeId };

const MONEY: Measure = { kind: 'money' };

/** The schemes of pockets, as far as lots have told them. */
export class KnownLots {
  readonly #schemes = new Map<LedgerAccount, SchemeId>();

  learn(lots: readonly Lot[]): void {
    for (const lot of lots) this.note(pocketAccount(lot.accountId, lot.id), lot.schemeId);
  }

  note(pocket: LedgerAccount, scheme: SchemeId): void {
    this.#schemes.set(pocket, scheme);
  }

  schemeOf(pocket: LedgerAccount): SchemeId | undefined {
    return this.#schemes.get(pocket);
  }
}

/** What the account itself says of its measure; undefined for the pocket of a lot that nobody has told of. */
export function measureOfAccount(account: LedgerAccount, lots: KnownLots): Measure | undefined {
  const [kind, scheme] = account.split('/');
  switch (kind) {
    case 'cash':
    case 'claim':
    case 'sold':
      return MONEY;
    case 'pocket': {
      const known = lots.schemeOf(account);
      return known === undefined ? undefined : { kind: 'scheme', schemeId: known };
    }
    default:
      // issued, spent, given, exchanged, expired: all name their scheme first.
      return { kind: 'scheme', schemeId: SchemeIdSchema.parse(scheme) };
  }
}

/** A posting is of the measure that either of its sides names; between two pockets of which nobody has told, of the movement's scheme. */
export function measureOfPosting({ debit, credit }: Posting, movement: Movement, lots: KnownLots): Measure {
  return measureOfAccount(debit, lots) ?? measureOfAccount(credit, lots) ?? { kind: 'scheme', schemeId: movement.schemeId };
}

/** @returns the first posting whose two sides are not of one measure: then the movement does not balance */
export function unbalancedPosting(movement: Movement, lots: KnownLots): Posting | undefined {
  return movement.postings.find(({ debit, credit }) => {
    const [left, right] = [measureOfAccount(debit, lots), measureOfAccount(credit, lots)];
    if (debit === credit) return true;
    return left !== undefined && right !== undefined && !sameMeasure(left, right);
  });
}

function sameMeasure(left: Measure, right: Measure): boolean {
  return left.kind === 'money' || right.kind === 'money' ? left.kind === right.kind : left.schemeId === right.schemeId;
}
