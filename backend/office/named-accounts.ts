/** Lists name holders by their account or by the reference of one of their cards. */
import { z } from 'zod';
import { AccountId, CardRef, type MunicipalityId } from '../../contract/ids.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { refuseMistakes, type Mistake } from './office-file.ts';

/** An account, or a card's reference: 32 hexadecimal digits. */
export const Holder = z.union([CardRef, AccountId]);
export type Holder = z.infer<typeof Holder>;

const AT_ONCE = 500;

/** @returns the open account of each line, in their order @throws BackendUnusable that names every line whose holder the town does not know */
export async function accountsOfHolders({ kysely }: BackendDatabase, municipalityId: MunicipalityId, file: string, lines: ReadonlyArray<{ readonly number: number; readonly holder: Holder }>): Promise<AccountId[]> {
  const known = new Map<string, AccountId>();
  const names = [...new Set(lines.map(({ holder }) => holder))];
  for (let start = 0; start < names.length; start += AT_ONCE) {
    const some = names.slice(start, start + AT_ONCE);
    const accounts = await kysely.selectFrom('account').select('account_id').where('municipality_id', '=', municipalityId).where('state', '=', 'open').where('account_id', 'in', some).execute();
    for (const { account_id } of accounts) known.set(account_id, AccountId.parse(account_id));
    const cards = await kysely
      .selectFrom('card')
      .innerJoin('account', (join) => join.onRef('account.municipality_id', '=', 'card.municipality_id').onRef('account.account_id', '=', 'card.account_id').on('account.state', '=', 'open'))
      .select(['card_ref', 'card.account_id'])
      .where('card.municipality_id', '=', municipalityId)
      .where('card_ref', 'in', some)
      .execute();
    for (const { card_ref, account_id } of cards) known.set(card_ref, AccountId.parse(account_id));
  }
  const mistakes: Mistake[] = [];
  const found = lines.flatMap(({ number, holder }) => {
    const account = known.get(holder);
    if (!account) mistakes.push({ at: `${number}行目 holder`, why: `${holder} という開いている口座やカードはありません。 The town has no such open account or card.` });
    return account ?? [];
  });
  refuseMistakes(file, mistakes);
  return found;
}
