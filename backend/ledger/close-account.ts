/** What becomes of a lost card's account when everything was transferred: it is closed, and the person's other account stands in its place. */
import { createHash } from 'node:crypto';
import type { AccountId} from '../../contract/ids.ts';
import { EntitlementId } from '../../contract/ids.ts';
import { insertAll } from '../database/insert-all.ts';
import { announce, type MunicipalityWork } from './change-feed.ts';
import { HELD } from './leasing.ts';

/** Closes the account and tells every device. Closing it again changes nothing. */
export async function closeAfterTransfer(work: MunicipalityWork, from: AccountId, to: AccountId): Promise<void> {
  const closed = await work.transaction
    .updateTable('account')
    .set({ state: 'closed', successor_id: to })
    .where('municipality_id', '=', work.municipalityId)
    .where('account_id', '=', from)
    .where('state', '=', 'open')
    .returning('account_id')
    .execute();
  if (closed.length === 0) return;
  await announce(work, [{ change: { type: 'account', accountId: from, open: false } }]);
  await renewForSuccessors(work);
}

/**
 * Makes what the people of closed accounts may still receive anew for the accounts that stand in their place. What a device holds is left
 * with the old account until it is given back: nothing may be held twice.
 * @returns how many were made anew
 */
export async function renewForSuccessors(work: MunicipalityWork): Promise<number> {
  const { transaction, municipalityId } = work;
  const rows = await transaction
    .selectFrom('account')
    .innerJoin('entitlement', (join) =>
      join.onRef('entitlement.municipality_id', '=', 'account.municipality_id').onRef('entitlement.account_id', '=', 'account.account_id').on('entitlement.state', '=', 'open'),
    )
    .selectAll('entitlement')
    .select('account.successor_id')
    .where('account.municipality_id', '=', municipalityId)
    .where('account.successor_id', 'is not', null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('lease')
            .select('lease.entitlement_id')
            .whereRef('lease.municipality_id', '=', 'entitlement.municipality_id')
            .whereRef('lease.entitlement_id', '=', 'entitlement.entitlement_id')
            .where('lease.state', '=', HELD),
        ),
      ),
    )
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('unknown_movement')
            .select('unknown_movement.operation_id')
            .whereRef('unknown_movement.municipality_id', '=', 'entitlement.municipality_id')
            .whereRef('unknown_movement.entitlement_id', '=', 'entitlement.entitlement_id')
            .where('unknown_movement.state', '=', 'open'),
        ),
      ),
    )
    .execute();
  if (rows.length === 0) return 0;
  await transaction
    .updateTable('entitlement')
    .set({ state: 'withdrawn' })
    .where('municipality_id', '=', municipalityId)
    .where('entitlement_id', 'in', rows.map(({ entitlement_id }) => entitlement_id))
    .execute();
  await insertAll(
    work,
    'entitlement',
    rows.map(({ successor_id, ...row }) => ({ ...row, entitlement_id: idForSuccessor(row.entitlement_id, successor_id ?? ''), account_id: successor_id ?? '', state: 'open' as const, operation_id: null })),
  );
  return rows.length;
}

const ID_DIGITS = 32;

/** The same entitlement gets the same new id, whenever it is made anew for this account. */
function idForSuccessor(entitlement: string, successor: string): EntitlementId {
  return EntitlementId.parse(`e-${createHash('sha256').update(`${entitlement} ${successor}`, 'utf8').digest('hex').slice(0, ID_DIGITS)}`);
}
