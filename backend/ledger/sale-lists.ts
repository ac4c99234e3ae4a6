/**
 * What the office says of who may buy: the list of a sale, results of a lottery, purchases by other media. A right that is out and may give
 * too much now is asked back; the next one is made by what is known then.
 */
import type { AccountId, MunicipalityId, SchemeId } from '../../contract/ids.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { BackendUnusable } from '../unusable.ts';
import { buyersAround } from './buyers.ts';
import { asOnlyWriter, type MunicipalityWork } from './change-feed.ts';
import { recallRights } from './right-leases.ts';
import { doubtStandings } from './standings.ts';
import { schemeOfRow } from './stored-value.ts';

/** Which sale the office speaks of. */
export interface SaleOf {
  readonly municipalityId: MunicipalityId;
  readonly schemeId: SchemeId;
}

/**
 * Puts accounts on the list of those who may buy, or takes them off it. May be repeated without harm.
 * @throws BackendUnusable when the town sells no such scheme or has no such account
 */
export async function setEligible(database: BackendDatabase, sale: SaleOf, accounts: readonly AccountId[], eligible: boolean): Promise<void> {
  await asOnlyWriter(database, sale.municipalityId, async (work) => {
    await mustExist(work, sale, accounts);
    for (const account_id of accounts) {
      const row = { municipality_id: sale.municipalityId, scheme_id: sale.schemeId, account_id };
      if (eligible) await work.transaction.insertInto('sale_eligible').values(row).onConflict((conflict) => conflict.doNothing()).execute();
      else await work.transaction.deleteFrom('sale_eligible').where('municipality_id', '=', row.municipality_id).where('scheme_id', '=', row.scheme_id).where('account_id', '=', account_id).execute();
    }
    await reconsider(work, sale.schemeId, accounts);
  });
}

/**
 * Says how many sets each account has won, in all lotteries of the scheme together. A later word replaces an earlier one.
 * @throws BackendUnusable when the town sells no such scheme, has no such account, or a number is none
 */
export async function setLotteryResult(database: BackendDatabase, sale: SaleOf, won: ReadonlyMap<AccountId, number>): Promise<void> {
  for (const sets of won.values()) if (!Number.isSafeInteger(sets) || sets < 0) throw new BackendUnusable('configuration', `${sets} is no number of sets that somebody can win.`);
  await asOnlyWriter(database, sale.municipalityId, async (work) => {
    await mustExist(work, sale, [...won.keys()]);
    for (const [account_id, sets] of won) {
      await work.transaction
        .insertInto('lottery_result')
        .values({ municipality_id: sale.municipalityId, scheme_id: sale.schemeId, account_id, sets })
        .onConflict((conflict) => conflict.columns(['municipality_id', 'scheme_id', 'account_id']).doUpdateSet({ sets }))
        .execute();
    }
    await reconsider(work, sale.schemeId, [...won.keys()]);
  });
}

/** Sets bought by the app or on paper. */
export interface PurchaseElsewhere {
  readonly accountId: AccountId;
  /** The other medium's own name for the purchase: noting it again changes nothing. */
  readonly reference: string;
  readonly medium: string;
  readonly sets: number;
}

/**
 * Notes a purchase by another medium. It counts for the limits and for the stock.
 * @returns false when it was noted before
 * @throws BackendUnusable when the town sells no such scheme, has no such account, or the number is none
 */
export async function notePurchaseElsewhere(database: BackendDatabase, sale: SaleOf, { accountId, reference, medium, sets }: PurchaseElsewhere, nowMs: number): Promise<boolean> {
  if (!Number.isSafeInteger(sets) || sets < 1) throw new BackendUnusable('configuration', `${sets} is no number of sets that somebody can buy.`);
  return asOnlyWriter(database, sale.municipalityId, async (work) => {
    await mustExist(work, sale, [accountId]);
    const noted = await work.transaction
      .insertInto('purchase_elsewhere')
      .values({ municipality_id: sale.municipalityId, scheme_id: sale.schemeId, reference, account_id: accountId, medium, sets, noted_ms: nowMs })
      .onConflict((conflict) => conflict.doNothing())
      .returning('reference')
      .executeTakeFirst();
    if (noted) await reconsider(work, sale.schemeId, [accountId]);
    return noted !== undefined;
  });
}

async function mustExist({ transaction }: MunicipalityWork, { municipalityId, schemeId }: SaleOf, accounts: readonly AccountId[]): Promise<void> {
  const scheme = await transaction.selectFrom('scheme').selectAll().where('municipality_id', '=', municipalityId).where('scheme_id', '=', schemeId).executeTakeFirst();
  if (!scheme || !schemeOfRow(scheme).rules?.sale) throw new BackendUnusable('configuration', `The town sells no scheme "${schemeId}".`);
  for (const account of accounts) {
    const known = await transaction.selectFrom('account').select('account_id').where('municipality_id', '=', municipalityId).where('account_id', '=', account).executeTakeFirst();
    if (!known) throw new BackendUnusable('configuration', `The town has no account "${account}". Nothing was changed.`);
  }
}

/** What these people and their households may buy is another now: rights that are out are asked back, and what devices were told is looked at again. */
export async function reconsider(work: MunicipalityWork, scheme: SchemeId, accounts: readonly AccountId[]): Promise<void> {
  const concerned = (await buyersAround(work, scheme, accounts)).flatMap((buyer) => buyer.accounts);
  if (concerned.length === 0) return;
  const out = await work.transaction
    .selectFrom('right_holder')
    .select('right_id')
    .distinct()
    .where('municipality_id', '=', work.municipalityId)
    .where('scheme_id', '=', scheme)
    .where('account_id', 'in', concerned)
    .execute();
  await recallRights(work, out.map((row) => row.right_id));
  await doubtStandings(work, scheme, concerned);
}

/** The scheme's rules were changed: every right that is out is asked back, and every standing is looked at again. */
export async function reconsiderScheme(work: MunicipalityWork, scheme: SchemeId): Promise<void> {
  const { transaction, municipalityId } = work;
  const out = await transaction.selectFrom('right_holder').select('right_id').distinct().where('municipality_id', '=', municipalityId).where('scheme_id', '=', scheme).execute();
  await recallRights(work, out.map((row) => row.right_id));
  await transaction.updateTable('standing').set({ stale: 1 }).where('municipality_id', '=', municipalityId).where('scheme_id', '=', scheme).execute();
}
