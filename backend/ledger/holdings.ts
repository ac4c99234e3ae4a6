/** What the accounts of a batch hold while its movements are taken one after the other: lots, and claims of money paid. Amounts are sums of postings. */
import type { AccountId, LotId } from '../../contract/ids.ts';
import type { LotsHeld } from '../../contract/movements.ts';
import type { LocalDate } from '../../contract/time.ts';
import type { LedgerAccount, Lot, Movement } from '../../contract/value.ts';
import type { LotWithExpired } from './stored-value.ts';

interface Holding {
  readonly lot: Lot;
  amount: number;
  expired: number;
}

/** `pocket/<account>/<lot>` in its parts; undefined for any other ledger account. */
export function pocketOf(account: LedgerAccount): { readonly accountId: AccountId; readonly lotId: LotId } | undefined {
  const [kind, accountId, lotId] = account.split('/');
  return kind === 'pocket' ? { accountId: accountId as AccountId, lotId: lotId as LotId } : undefined;
}

export class Holdings {
  readonly #lots = new Map<AccountId, Map<LotId, Holding>>();
  readonly #claims: Map<LedgerAccount, number>;

  /** @param claims what each claim account has, credits less debits, in yen */
  constructor(lots: readonly LotWithExpired[], claims: ReadonlyMap<LedgerAccount, number>) {
    for (const held of lots) this.#add({ ...held });
    this.#claims = new Map(claims);
  }

  #add(holding: Holding): void {
    const { accountId, id } = holding.lot;
    const ofAccount = this.#lots.get(accountId) ?? new Map<LotId, Holding>();
    this.#lots.set(accountId, ofAccount.set(id, holding));
  }

  lot(accountId: AccountId, lotId: LotId): { readonly lot: Lot; readonly amount: number } | undefined {
    return this.#lots.get(accountId)?.get(lotId);
  }

  of(accountId: AccountId): LotsHeld {
    return [...(this.#lots.get(accountId)?.values() ?? [])];
  }

  /** What there was to use on `day`: also what has expired since, for a movement of that day is reported only now. */
  asOf(accountId: AccountId, day: LocalDate): LotsHeld {
    return [...(this.#lots.get(accountId)?.values() ?? [])].map(({ lot, amount, expired }) => ({ lot, amount: lot.lastDay >= day ? amount + expired : amount }));
  }

  /** What is left of a claim, in yen. */
  claim(account: LedgerAccount): number {
    return this.#claims.get(account) ?? 0;
  }

  apply(movement: Movement): void {
    for (const lot of movement.lots) this.#add({ lot, amount: 0, expired: 0 });
    for (const { debit, credit, amount } of movement.postings) {
      this.#change(debit, -amount, false);
      this.#change(credit, amount, debit.startsWith('expired/'));
    }
  }

  #change(account: LedgerAccount, change: number, broughtBack: boolean): void {
    if (account.startsWith('claim/')) this.#claims.set(account, this.claim(account) + change);
    const pocket = pocketOf(account);
    const holding = pocket && this.#lots.get(pocket.accountId)?.get(pocket.lotId);
    if (!holding) return;
    holding.amount += change;
    if (broughtBack) holding.expired -= change;
  }
}
