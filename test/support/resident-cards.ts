/**
 * Cards for residents of the demo town who may receive something but have no card of their own: journeys that load again and again
 * need more than the named ones. They are given out as the town office would, before the backend begins to serve.
 */
import { cardRefOf } from '../../contract/card-ref.ts';
import { AccountId, MunicipalityId } from '../../contract/ids.ts';
import { announce, asOnlyWriter } from '../../backend/ledger/change-feed.ts';
import { openDatabase } from '../../backend/database/open-database.ts';
import { insertAll } from '../../backend/database/insert-all.ts';
import type { Place } from '../../backend/command-line.ts';
import type { VirtualCardDefinition } from '../../hardware/simulator/virtual-card.ts';

export const RESIDENT_CARDS = 24;

/** FeliCa cards, `resident-1` to `resident-24`; each holder may receive one voucher and holds nothing yet. */
export function residentCard(number: number): VirtualCardDefinition {
  return { name: `resident-${number}`, model: 'identifier', uid: `01010612ffee${number.toString(16).padStart(4, '0')}` };
}

export async function giveResidentCards(place: Place): Promise<void> {
  const database = await openDatabase(place);
  try {
    const town = await database.kysely.selectFrom('municipality').selectAll().executeTakeFirstOrThrow();
    const municipalityId = MunicipalityId.parse(town.municipality_id);
    const holders = await database.kysely
      .selectFrom('entitlement')
      .innerJoin('account', 'account.account_id', 'entitlement.account_id')
      .leftJoin('card', 'card.account_id', 'entitlement.account_id')
      .select('entitlement.account_id')
      .where('card.card_ref', 'is', null)
      .where('account.home_site_id', '=', 'yakuba')
      .where('entitlement.state', '=', 'open')
      .orderBy('entitlement.account_id')
      .limit(RESIDENT_CARDS)
      .execute();
    const cards = holders.map(({ account_id }, index) => ({
      accountId: AccountId.parse(account_id),
      cardRef: cardRefOf(town.card_key, Buffer.from(residentCard(index + 1).uid, 'hex')),
      state: 'active' as const,
    }));
    await asOnlyWriter(database, municipalityId, async (work) => {
      await insertAll(work, 'card', cards.map(({ accountId, cardRef, state }) => ({ municipality_id: municipalityId, card_ref: cardRef, account_id: accountId, profile: 'plain-identifier' as const, state })));
      await announce(work, cards.map((card) => ({ change: { type: 'card' as const, ...card } })));
    });
  } finally {
    await database.close();
  }
}
