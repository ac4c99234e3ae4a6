/** Value is neither made nor lost: what the cards themselves hold, read with their keys, is what the books say. */
import { accountOf, profileOf, RESIDENTS, type Resident } from '../residents.ts';
import { SCHEMES } from '../schemes.ts';
import { townCardOn } from '../town-cards.ts';
import type { Evidence } from './evidence.ts';
import type { Invariant } from './invariant.ts';

interface Line {
  readonly account: string;
  readonly scheme: string;
  readonly held: number;
}

/** What each account holds of each scheme by the backend's books. */
function held({ rows }: Evidence): Line[] {
  return rows<Line>(
    `select l.account_id as account, l.scheme_id as scheme, sum(p.amount) as held from (
       select credit as pocket, amount from posting union all select debit, -amount from posting) p
     join lot l on p.pocket = 'pocket/' || l.account_id || '/' || l.lot_id group by 1, 2`,
  );
}

export const VALUE_KEPT: Invariant = {
  name: 'value on cards is value in the books',
  async look(evidence, find) {
    const { world } = evidence;
    // What a lost kiosk did to cards, nobody has posted.
    if (evidence.lost.length > 0) return;
    const lines = held(evidence);
    const pockets = SCHEMES.map(({ id }) => id);
    for (const resident of RESIDENTS) {
      if (profileOf(resident) !== 'desfire' || world.forged.has(resident) || world.stopped.has(resident)) continue;
      const read = await (await townCardOn(world.cardOf(resident), resident, pockets)).read();
      if (read.kind !== 'read') {
        find(`the card of resident ${resident} cannot be read: ${read.kind}`);
        continue;
      }
      for (const pocket of pockets) {
        const onCard = read.pockets.get(pocket) ?? 0;
        const inBooks = (lines.find(({ account, scheme }) => account === accountOf(resident) && scheme === pocket)?.held ?? 0) + refusedOf(evidence, resident, pocket);
        if (onCard !== inBooks) find(`the card of resident ${resident} holds ${onCard} of ${pocket}, the books ${inBooks}`);
      }
    }
  },
};

/** What the card took although the books refused it: it lies before staff. */
function refusedOf({ kiosks, posted, anomalies }: Evidence, resident: Resident, pocket: string): number {
  const own = `pocket/${accountOf(resident)}/`;
  const refused = kiosks.flatMap(({ moved }) => moved).filter(({ movement }) => !posted.has(movement.operationId) && anomalies.some(({ operation }) => operation === movement.operationId));
  return refused.reduce((sum, { movement }) => {
    const schemeOf = (account: string) => movement.lots.find((lot) => account === `pocket/${lot.accountId}/${lot.id}`)?.schemeId ?? movement.schemeId;
    return movement.postings.reduce((more, { debit, credit, amount }) => {
      if (credit.startsWith(own) && schemeOf(credit) === pocket) return more + amount;
      return debit.startsWith(own) && schemeOf(debit) === pocket ? more - amount : more;
    }, sum);
  }, 0);
}
