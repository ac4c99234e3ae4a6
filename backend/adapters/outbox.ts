/**
 * What a platform must be told of the movements of its schemes. Written in the transaction that posts a movement, so neither can be without the
 * other; sent afterwards, again and again under the same key until the platform has confirmed it or refused it for ever.
 */
import type { MunicipalityId, SchemeId } from '../../contract/ids.ts';
import { pocketAccount, type Movement, type Scheme } from '../../contract/value.ts';
import type { Work } from '../database/backend-database.ts';
import { insertAll } from '../database/insert-all.ts';
import type { PlatformTransferTable } from '../database/tables.ts';

/**
 * @param movements as they are being posted, with their lots
 * @param known the town's schemes, for who has them at hand
 */
export async function mirrorToPlatform(work: Work, municipalityId: MunicipalityId, movements: readonly Movement[], nowMs: number, known?: ReadonlyMap<string, Scheme>): Promise<void> {
  if (movements.length === 0) return;
  const schemes = known ? platformsAmong(known) : await platformSchemes(work, municipalityId);
  if (schemes.size === 0) return;
  const touched = await schemesOfPockets(work, municipalityId, movements);
  const transfers = movements.flatMap((movement) => transfersOf(movement, schemes, touched));
  if (transfers.length === 0) return;
  // Whoever posts is the municipality's only writer: nobody else takes the same positions.
  const before = await work.transaction.selectFrom('platform_transfer').select((eb) => eb.fn.max('position').as('last')).where('municipality_id', '=', municipalityId).executeTakeFirst();
  const last = Number(before?.last ?? 0);
  await insertAll(work, 'platform_transfer', transfers.map((transfer, index) => ({ municipality_id: municipalityId, position: last + index + 1, next_try_ms: nowMs, ...transfer })));
}

export const keyOf = ({ operation_id, number }: Pick<PlatformTransferTable, 'operation_id' | 'number'>): string => `${operation_id}-${number}`;

const platformsAmong = (schemes: ReadonlyMap<string, Scheme>): Set<string> => new Set([...schemes.values()].filter(({ rules }) => rules?.ledger === 'platform').map(({ id }) => id));

async function platformSchemes({ transaction }: Work, municipalityId: MunicipalityId): Promise<Set<string>> {
  const rows = await transaction.selectFrom('scheme').select('scheme_id').where('municipality_id', '=', municipalityId).where('rules', 'like', '%"ledger":"platform"%').execute();
  return new Set(rows.map((row) => row.scheme_id));
}

/** `pocket/…` → its scheme, of every pocket that the movements name. */
async function schemesOfPockets({ transaction }: Work, municipalityId: MunicipalityId, movements: readonly Movement[]): Promise<ReadonlyMap<string, SchemeId>> {
  const known = new Map<string, SchemeId>(movements.flatMap(({ lots }) => lots.map((lot) => [pocketAccount(lot.accountId, lot.id), lot.schemeId] as const)));
  const named = movements.flatMap(({ postings }) => postings.flatMap(({ debit, credit }) => [debit, credit])).filter((account) => account.startsWith('pocket/') && !known.has(account));
  if (named.length === 0) return known;
  const lots = [...new Set(named.map((account) => account.split('/')[2] ?? ''))];
  const rows = await transaction.selectFrom('lot').select(['account_id', 'lot_id', 'scheme_id']).where('municipality_id', '=', municipalityId).where('lot_id', 'in', lots).execute();
  for (const row of rows) known.set(`pocket/${row.account_id}/${row.lot_id}`, row.scheme_id as SchemeId);
  return known;
}

type Transfer = Pick<PlatformTransferTable, 'operation_id' | 'number' | 'account_id' | 'scheme_id' | 'direction' | 'amount' | 'state' | 'settled_ms'>;

/** What the movement changes in accounts, scheme by scheme. Between lots of one account the platform knows no difference. */
function transfersOf({ operationId, postings }: Movement, schemes: ReadonlySet<string>, schemeOf: ReadonlyMap<string, SchemeId>): Transfer[] {
  const changes = new Map<string, { readonly account_id: string; readonly scheme_id: string; amount: number }>();
  const add = (pocket: string, amount: number) => {
    const account_id = pocket.startsWith('pocket/') ? pocket.split('/')[1] : undefined;
    // A lot that nobody knows yet is named after its scheme.
    const scheme_id = schemeOf.get(pocket) ?? /\/not-yet-known-(.+)$/.exec(pocket)?.[1];
    if (account_id === undefined || scheme_id === undefined || !schemes.has(scheme_id)) return;
    const key = `${account_id} ${scheme_id}`;
    changes.set(key, { account_id, scheme_id, amount: (changes.get(key)?.amount ?? 0) + amount });
  };
  for (const { debit, credit, amount } of postings) {
    add(debit, -amount);
    add(credit, amount);
  }
  return [...changes.values()]
    .filter(({ amount }) => amount !== 0)
    .map(({ account_id, scheme_id, amount }, index) => ({
      operation_id: operationId,
      number: index + 1,
      account_id,
      scheme_id,
      direction: amount > 0 ? 'credit' : 'debit',
      amount: Math.abs(amount),
      state: 'waiting',
      settled_ms: null,
    }));
}
