/**
 * Before the entries of a revoked device are accepted, it gets back for that moment what was written off and nobody else has been given:
 * what it did under that then counts as it would have. What others have been given meanwhile stays theirs, and becomes an anomaly.
 */
import type { AccountId, DeviceId } from '../../contract/ids.ts';
import { PurchaseRight, setsOf } from '../../contract/value.ts';
import { insertAll } from '../database/insert-all.ts';
import { buyersAround } from '../ledger/buyers.ts';
import type { MunicipalityWork } from '../ledger/change-feed.ts';
import { allowedTo, phaseOn } from '../ledger/purchase-rights.ts';
import { HELD } from '../ledger/leasing.ts';
import { rightsOut } from '../ledger/right-leases.ts';
import { salesUnder, type CountedSale } from '../ledger/sales.ts';
import { freeSets } from '../ledger/stock-leases.ts';
import { schemeOfRow } from '../ledger/stored-value.ts';

const HELD_AGAIN = { state: 'held' as const, how_ended: null };

/** What the device gets back is to be ended again afterwards. */
export async function reinstate(work: MunicipalityWork, deviceId: DeviceId): Promise<void> {
  await reinstateGrants(work, deviceId);
  await reinstateRights(work, deviceId);
  await reinstateStock(work, deviceId);
  await reinstateHolds(work, deviceId);
}

async function reinstateGrants({ transaction, municipalityId }: MunicipalityWork, deviceId: DeviceId): Promise<void> {
  await transaction
    .updateTable('lease')
    .set(HELD_AGAIN)
    .where('municipality_id', '=', municipalityId)
    .where('device_id', '=', deviceId)
    .where('how_ended', '=', 'written-off')
    .where((eb) =>
      eb.and([
        eb.not(eb.exists(eb.selectFrom('lease as other').select('other.device_id').whereRef('other.municipality_id', '=', 'lease.municipality_id').whereRef('other.entitlement_id', '=', 'lease.entitlement_id').where('other.state', '=', HELD))),
        eb.exists(eb.selectFrom('entitlement').select('entitlement.state').whereRef('entitlement.municipality_id', '=', 'lease.municipality_id').whereRef('entitlement.entitlement_id', '=', 'lease.entitlement_id').where('entitlement.state', '=', 'open')),
      ]),
    )
    .execute();
}

/** Only while nobody of the same people has another right, and what is left of the limits still covers it. */
async function reinstateRights(work: MunicipalityWork, deviceId: DeviceId): Promise<void> {
  const { transaction, municipalityId } = work;
  const rows = await transaction
    .selectFrom('purchase_right')
    .innerJoin('scheme', (join) => join.onRef('scheme.municipality_id', '=', 'purchase_right.municipality_id').onRef('scheme.scheme_id', '=', 'purchase_right.scheme_id'))
    .selectAll('scheme')
    .select(['purchase_right.right_id', 'purchase_right.body'])
    .where('purchase_right.municipality_id', '=', municipalityId)
    .where('purchase_right.device_id', '=', deviceId)
    .where('purchase_right.how_ended', '=', 'written-off')
    .orderBy('purchase_right.right_id')
    .execute();
  for (const { right_id, body, ...row } of rows) {
    const right = PurchaseRight.parse(JSON.parse(body));
    const scheme = schemeOfRow(row);
    const phase = phaseOn(scheme, right.firstDay);
    if (!phase || !scheme.rules?.sale) continue;
    const buyers = await buyersAround(work, scheme.id, right.accountIds);
    const together = buyers.filter((buyer) => phase.perHousehold !== undefined || buyer.accounts.some((account) => right.accountIds.includes(account)));
    const everybody = together.flatMap((buyer) => buyer.accounts);
    const { terms } = allowedTo(together, scheme, scheme.rules.sale, phase);
    const sales = [...(await salesUnder(work, [right.id], [])).values()];
    if ((await rightsOut(work, scheme, everybody)).length > 0 || !isCovered(right, sales, terms && { ...terms, id: right.id })) continue;
    await transaction.updateTable('purchase_right').set(HELD_AGAIN).where('municipality_id', '=', municipalityId).where('right_id', '=', right_id).execute();
    await insertAll(work, 'right_holder', everybody.map((account_id) => ({ municipality_id: municipalityId, scheme_id: scheme.id, account_id, right_id })));
  }
}

/** Whether what a right still gives is no more than what a new one would give. */
function isCovered(right: PurchaseRight, sales: readonly CountedSale[], anew: PurchaseRight | null): boolean {
  const sold = (account?: AccountId) => sales.reduce((sum, { accountId, sets }) => sum + (account === undefined || account === accountId ? sets : 0), 0);
  const left = right.sets - sold();
  if (left > (anew?.sets ?? 0)) return false;
  return right.accountIds.every((account) => Math.min(left, setsOf(right, account) - sold(account)) <= (anew?.accountIds.includes(account) === true ? setsOf(anew, account) : 0));
}

async function reinstateStock(work: MunicipalityWork, deviceId: DeviceId): Promise<void> {
  const { transaction, municipalityId } = work;
  const rows = await transaction.selectFrom('stock_lease').selectAll().where('municipality_id', '=', municipalityId).where('device_id', '=', deviceId).where('how_ended', '=', 'written-off').orderBy('stock_lease_id').execute();
  for (const row of rows) {
    const { free, soldOf } = await freeSets(work, row.scheme_id);
    if (row.sets - soldOf(row.stock_lease_id) > free) continue;
    await transaction.updateTable('stock_lease').set(HELD_AGAIN).where('municipality_id', '=', municipalityId).where('stock_lease_id', '=', row.stock_lease_id).execute();
  }
}

async function reinstateHolds({ transaction, municipalityId }: MunicipalityWork, deviceId: DeviceId): Promise<void> {
  const rows = await transaction.selectFrom('account_hold').select('account_id').where('municipality_id', '=', municipalityId).where('device_id', '=', deviceId).where('how_ended', '=', 'written-off').execute();
  for (const { account_id } of rows) {
    const other = await transaction.selectFrom('account_hold').select('device_id').where('municipality_id', '=', municipalityId).where('account_id', '=', account_id).where('state', '=', 'held').executeTakeFirst();
    if (other) continue;
    await transaction.updateTable('account_hold').set(HELD_AGAIN).where('municipality_id', '=', municipalityId).where('device_id', '=', deviceId).where('account_id', '=', account_id).execute();
  }
}
