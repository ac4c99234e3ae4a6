/** Adds up postings account by account. Pockets and claims, of which there are as many as residents, are added up by scheme. */
import { isMoney, type AccountKind } from './account-kinds.ts';
import type { Faults } from './faults.ts';

const OUTSIDE = ['spent', 'given', 'exchanged', 'expired'] as const;

/** Credits less debits, of one kind of account and one scheme (or of money). */
export class Totals {
  /** `<municipality> <scheme>` or `<municipality> yen` → kind → credits less debits. */
  readonly #sums = new Map<string, Map<AccountKind, number>>();
  /** The same of pockets, added up lot by lot. */
  readonly #lots = new Map<string, number>();

  add(municipality: string, kind: AccountKind, scheme: string, change: number): void {
    const book = `${municipality} ${isMoney(kind) ? 'yen' : scheme}`;
    const sums = this.#sums.get(book) ?? new Map<AccountKind, number>();
    this.#sums.set(book, sums.set(kind, (sums.get(kind) ?? 0) + change));
  }

  addLot(municipality: string, scheme: string, amount: number): void {
    const book = `${municipality} ${scheme}`;
    this.#lots.set(book, (this.#lots.get(book) ?? 0) + amount);
  }

  compare(faults: Faults): void {
    for (const [book, sums] of this.#sums) {
      const of = (kind: AccountKind) => sums.get(kind) ?? 0;
      for (const [kind, sum] of sums) if (!Number.isSafeInteger(sum)) faults.add(`The sum of ${kind} of ${book} is too large to be exact.`);
      if (book.endsWith(' yen')) {
        // Cash is a debit: what the drawers hold is what customers are owed and what was sold.
        if (-of('cash') !== of('claim') + of('sold')) faults.add(`The cash of ${book} is ${-of('cash')}, but claims (${of('claim')}) and sales (${of('sold')}) are ${of('claim') + of('sold')}.`);
        continue;
      }
      const gone = OUTSIDE.reduce((sum, kind) => sum + of(kind), 0);
      if (-of('issued') !== of('pocket') + gone) faults.add(`Of ${book}, ${-of('issued')} was issued, but ${of('pocket')} is in pockets and ${gone} was spent, given, exchanged or has expired.`);
      const lots = this.#lots.get(book) ?? 0;
      if (lots !== of('pocket')) faults.add(`The lots of ${book} hold ${lots}, but the postings of its pockets add up to ${of('pocket')}.`);
    }
    for (const [book, amount] of this.#lots) if (amount !== 0 && !this.#sums.has(book)) faults.add(`The lots of ${book} hold ${amount}, of which no posting was added up.`);
  }
}
