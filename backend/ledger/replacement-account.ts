/** A second account for a person whose card was lost: the new card belongs to it, and everything is then transferred to it. */
import { AccountId } from '../../contract/ids.ts';
import type { BackendRandomness } from '../ports.ts';
import { announce, type MunicipalityWork } from './change-feed.ts';

const ID_BYTES = 6;

/**
 * Opens it and tells every device whose place it takes. The person's cards are left as they are.
 * @returns `unknown-account` when the town has no such account, or it is nobody's or closed; `already` with the account that was opened before
 */
export async function openReplacement(
  work: MunicipalityWork,
  account: AccountId,
  randomness: BackendRandomness,
): Promise<{ readonly kind: 'opened' | 'already'; readonly accountId: AccountId } | { readonly kind: 'unknown-account' }> {
  const { transaction, municipalityId } = work;
  const lost = await transaction.selectFrom('account').selectAll().where('municipality_id', '=', municipalityId).where('account_id', '=', account).executeTakeFirst();
  if (!lost || lost.resident_id === null || lost.state === 'closed') return { kind: 'unknown-account' };
  const other = await transaction
    .selectFrom('account')
    .select('account_id')
    .where('municipality_id', '=', municipalityId)
    .where('resident_id', '=', lost.resident_id)
    .where('state', '=', 'open')
    .where('account_id', '<>', account)
    .executeTakeFirst();
  if (other) {
    // It may be the older one: now it is the other that was lost.
    const accountId = AccountId.parse(other.account_id);
    await announce(work, [{ change: { type: 'account', accountId, open: true, follows: account } }]);
    return { kind: 'already', accountId };
  }
  const accountId = AccountId.parse(`a-${Buffer.from(randomness.bytes(ID_BYTES)).toString('hex')}`);
  await transaction
    .insertInto('account')
    .values({ municipality_id: municipalityId, account_id: accountId, resident_id: lost.resident_id, home_site_id: lost.home_site_id, state: 'open' })
    .execute();
  await announce(work, [{ change: { type: 'account', accountId, open: true, follows: account } }]);
  return { kind: 'opened', accountId };
}
