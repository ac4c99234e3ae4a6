/** Staff let a stopped card be used again: they have looked at it, or its holder has found it. Every kiosk is told. */
import { AccountId, type CardRef, type MunicipalityId } from '../../contract/ids.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { announce, asOnlyWriter } from '../ledger/change-feed.ts';
import type { StaffDecision } from '../ledger/staff-decision.ts';
import { BackendUnusable } from '../unusable.ts';

/** @throws BackendUnusable when the town has no such card, or it is not stopped; nothing has changed then */
export function releaseCard(database: BackendDatabase, municipalityId: MunicipalityId, cardRef: CardRef, { staff, reason }: StaffDecision, nowMs: number): Promise<void> {
  return asOnlyWriter(database, municipalityId, async (work) => {
    const { transaction } = work;
    const released = await transaction
      .updateTable('card')
      .set({ state: 'active' })
      .where('municipality_id', '=', municipalityId)
      .where('card_ref', '=', cardRef)
      .where('state', '=', 'stopped')
      .returning(['account_id', 'profile'])
      .executeTakeFirst();
    if (!released) throw new BackendUnusable('configuration', `The town has no stopped card ${cardRef}. List them with: npm run backend -- cards`);
    const { before } = await transaction
      .selectFrom('card_release')
      .select((eb) => eb.fn.countAll<number>().as('before'))
      .where('municipality_id', '=', municipalityId)
      .where('card_ref', '=', cardRef)
      .executeTakeFirstOrThrow();
    await transaction
      .insertInto('card_release')
      .values({ municipality_id: municipalityId, card_ref: cardRef, number: Number(before) + 1, staff_id: staff, reason, decided_ms: nowMs })
      .execute();
    await announce(work, [{ change: { type: 'card', cardRef, accountId: AccountId.parse(released.account_id), profile: released.profile, state: 'active' } }]);
  });
}
